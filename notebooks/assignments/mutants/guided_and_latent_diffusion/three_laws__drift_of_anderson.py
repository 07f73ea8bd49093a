# Sai: trôi của λ = 1 mà nhiễu của λ.
def tempered(m, v, w):
    """(trung bình, phương sai) của luật nguội."""
    precision = 1 + w * (1 / v - 1)
    return w * m / v / precision, 1 / precision


def sde_law(m, v, w):
    """(trung bình, phương sai) của mẫu do SDE có dẫn hướng sinh ra."""
    steps, clock = 4000, -12.0
    h, mean, variance = 12.0 / 4000, 0.0, 1.0

    def rate(clock, mean, variance):
        a = math.exp(clock)
        now = 1 - (1 - v) * a * a
        steep = -w * (1 - v) * a * a / now - 1
        drift = mean + 2 * (steep * mean + w * a * m / now)
        return drift, 2 * variance * (1 + 2 * steep) + 2 * ⟦lam⟧**2

    for _ in range(steps):
        p, q = rate(clock, mean, variance)
        p, q = rate(clock + h / 2, mean + h / 2 * p, variance + h / 2 * q)
        clock, mean, variance = clock + h, mean + h * p, variance + h * q
    return mean, variance


def ode_law(m, v, w):
    """(trung bình, phương sai) của mẫu do ODE có dẫn hướng sinh ra."""
    a = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000
    integral = float((1 - (1 - v) * a**2).pow(-1 - w / 2).mean())
    return w * m * v ** (w / 2) * integral, v**w
