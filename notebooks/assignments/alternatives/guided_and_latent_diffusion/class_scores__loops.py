# Đúng: từng điểm, từng loại, chỉ dùng math.
def logs_of(row, a, means, variances, priors):
    values = []
    for mean, variance, prior in zip(means.tolist(), variances.tolist(), priors.tolist()):
        spread = a * a * variance + 1 - a * a
        square = sum((p - a * m) ** 2 for p, m in zip(row, mean))
        values.append(math.log(prior) - square / (2 * spread) - len(row) * math.log(spread) / 2)
    return values


def posterior(x, a, means, variances, priors):
    rows = []
    for row in x.tolist():
        logs = logs_of(row, a, means, variances, priors)
        masses = [math.exp((v - max(logs)) / ⟦heat⟧) for v in logs]
        rows.append([v / sum(masses) for v in masses])
    return rows


def class_gradient(x, labels, a, means, variances, priors):
    chances = posterior(x, a, means, variances, priors)
    rows = []
    for row, label, chance in zip(x, labels, chances):
        scores = [(a * m - row) / (a * a * v + 1 - a * a) for m, v in zip(means, variances)]
        mean = sum(p * s for p, s in zip(chance, scores))
        rows.append((scores[int(label)] - mean) / ⟦heat⟧)
    return torch.stack(rows)


def classifier_guided(eps, gradient, sigma, w):
    return torch.add(eps, gradient, alpha=-w * sigma)
