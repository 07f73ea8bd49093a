# Sai: cho rằng ODE lấy mẫu luật nguội.
def tempered(m, v, w):
    precision = 1 + w * (1 / v - 1)
    return w * m / v / precision, 1 / precision


def sde_law(m, v, w):
    mean = m * (1 - v**w) / (1 - v)
    return mean, v * (1 - v ** (2 * w - 1)) / ((2 * w - 1) * (1 - v))


def ode_law(m, v, w):
    bottom = v + w * (1 - v)
    return w * m / bottom, v / bottom
