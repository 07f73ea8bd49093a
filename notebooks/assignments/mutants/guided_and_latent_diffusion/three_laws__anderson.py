# Sai: SDE của Anderson, λ = 1, trong khi λ của câu khác 1.
def tempered(m, v, w):
    """(trung bình, phương sai) của luật nguội."""
    precision = 1 + w * (1 / v - 1)
    return w * m / v / precision, 1 / precision


def sde_law(m, v, w):
    """(trung bình, phương sai) của mẫu do SDE có dẫn hướng sinh ra."""
    mean = m * (1 - v**w) / (1 - v)
    return mean, v * (1 - v ** (2 * w - 1)) / ((2 * w - 1) * (1 - v))


def ode_law(m, v, w):
    """(trung bình, phương sai) của mẫu do ODE có dẫn hướng sinh ra."""
    a = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000
    integral = float((1 - (1 - v) * a**2).pow(-1 - w / 2).mean())
    return w * m * v ** (w / 2) * integral, v**w
