# Đúng: chuỗi nhị thức cho tích phân, đổi biến sin.
def tempered(m, v, w):
    precision = w / v + (1 - w)
    return (w * m / v) / precision, precision**-1


def sde_law(m, v, w):
    mean = m * (1 - v**w) / (1 - v)
    return mean, (v - v ** (2 * w)) / ((2 * w - 1) * (1 - v))


def ode_law(m, v, w):
    root = math.sqrt(1 - v)
    angle = (torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000 * math.asin(root)
    area = angle.cos().pow(-1 - w).mean() * math.asin(root)  # a = sin(góc)/căn κ
    return float(w * m * v ** (w / 2) * area / root), v**w
