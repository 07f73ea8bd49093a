# Sai: tích phân chỉ mười ô, lấy đầu trái.
def tempered(m, v, w):
    precision = 1 + w * (1 / v - 1)
    return w * m / v / precision, 1 / precision


def sde_law(m, v, w):
    mean = m * (1 - v**w) / (1 - v)
    return mean, v * (1 - v ** (2 * w - 1)) / ((2 * w - 1) * (1 - v))


def ode_law(m, v, w):
    a = torch.arange(10, dtype=torch.float64) / 10
    integral = float((1 - (1 - v) * a**2).pow(-1 - w / 2).mean())
    return w * m * v ** (w / 2) * integral, v**w
