# Đúng: viết theo hiệu SNR; từng tọa độ một.
def one_coordinate(beta, spread, variance):
    left, before = 1.0, None
    terms = []
    for k, b in enumerate(beta.double().tolist(), start=1):
        before, left = left, left * (1 - b)
        ratio = left / (1 - left)  # SNR_k
        unsure = spread**2 / (1 + ratio * spread**2)
        if k == 1:
            decoder = ⟦kappa⟧ * b
            terms.append((math.log(2 * math.pi * decoder) + unsure / decoder) / 2)
            continue
        drop = before / (1 - before) - ratio
        shrink = (1 - before) / (1 - left) if variance == "beta" else 1.0  # β̃/s²
        terms.append((drop * unsure * shrink + shrink - 1 - math.log(shrink)) / 2)
    terms.append((left * (spread**2 - 1) - math.log1p(-left)) / 2)
    return terms


def bound_terms(beta, c, variance):
    columns = [one_coordinate(beta, float(s), variance) for s in c]
    return [sum(row) for row in zip(*columns)]


def gap(beta, c, variance):
    entropy = sum(0.5 * math.log(2 * math.pi) + 0.5 + math.log(float(s)) for s in c)
    return sum(bound_terms(beta, c, variance)) - entropy


def continuum(c, snr0, snr1):
    return sum(math.log1p(snr1 * s * s) - math.log1p(snr0 * s * s) for s in c.tolist()) / 2
