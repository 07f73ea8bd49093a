# Đúng: từng điểm một; mất mát nhỏ nhất tính từ sai số của x_0, bằng tensor float32.
def convert(kind, prediction, x, a, sigma):
    rows = []
    for p, at, tone, noise in zip(prediction, x, a, sigma):
        if kind == "eps":
            clean, eps = (at - noise * p) / tone, p
        elif kind == "x0":
            clean, eps = p, (at - tone * p) / noise
        else:
            clean, eps = tone * at - noise * p, noise * at + tone * p
        rows.append((clean, eps, tone * eps - noise * clean))
    return [torch.stack(part) for part in zip(*rows)]


def error_weight(kind, a, sigma):
    ratio = torch.tensor(a / sigma)
    weight = {"eps": ratio**2, "x0": torch.ones(()), "v": torch.tensor([1 / sigma**2])}[kind]
    return weight.clamp(max=⟦gamma⟧)


def smallest_loss(kind, a, sigma, c):
    a, sigma, c = (torch.tensor(float(v)) for v in (a, sigma, c))
    left = c**2 - (a * c**2) ** 2 / (a**2 * c**2 + sigma**2)
    return float(left) * {"eps": a**2 / sigma**2, "x0": 1, "v": 1 / sigma**2}[kind]
