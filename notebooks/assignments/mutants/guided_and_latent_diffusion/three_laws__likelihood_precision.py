# Sai: độ chính xác của p(c | x) là 1/v.
def tempered(m, v, w):
    precision = 1 + w / v
    return w * m / v / precision, 1 / precision


def sde_law(m, v, w):
    c = 1 + ⟦lam⟧**2
    u = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000
    mean = float((1 - (1 - v) * u ** (2 / c)).pow(-1 - c * w / 2).mean())
    variance = float((1 - (1 - v) * u ** (1 / (c - 1))).pow(-c * w).mean())
    return w * m * v ** (c * w / 2) * mean, v ** (c * w) * variance


def ode_law(m, v, w):
    a = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000
    integral = float((1 - (1 - v) * a**2).pow(-1 - w / 2).mean())
    return w * m * v ** (w / 2) * integral, v**w
