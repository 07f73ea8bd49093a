# Đúng: vòng lặp, từ điển theo nhóm.
def moments(values):
    mean = math.fsum(values) / len(values)
    return mean, math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)


def difference(log_a, log_b, group):
    d = [x - y for x, y in zip(log_a.tolist(), log_b.tolist())]
    if math.inf in d:
        return math.inf, math.inf
    mean, sums = math.fsum(d) / len(d), {}
    for value, name in zip(d, group.tolist()):
        sums[name] = sums.get(name, 0.0) + value - mean
    total = sum(v * v for v in sums.values())
    return mean, (total * len(sums) / (len(sums) - 1)) ** 0.5 / len(d)


def pairing_gain(log_a, log_b):
    a, b = log_a.tolist(), log_b.tolist()
    paired = moments([x - y for x, y in zip(a, b)])[1]
    return (moments(a)[1] + moments(b)[1]) / paired if paired > 0 else math.inf


def points_needed(log_a, log_b, target):
    variance = moments((log_a - log_b).tolist())[1]
    n = 2
    while ⟦z⟧ * math.sqrt(variance / n) > target:
        n += 1
    return n
