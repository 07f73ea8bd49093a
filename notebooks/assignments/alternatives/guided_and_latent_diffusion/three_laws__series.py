# Đúng: chuỗi nhị thức cho tích phân, đổi biến sin.
def tempered(m, v, w):
    precision = w / v + (1 - w)
    return (w * m / v) / precision, precision**-1


def sde_law(m, v, w):
    c = 1 + ⟦lam⟧**2
    mean = w * m * v ** (c * w / 2) * series(1 - v, 2 / c, 1 + c * w / 2)
    return mean, v ** (c * w) * series(1 - v, 1 / ⟦lam⟧**2, c * w)


def series(kept, p, q):  # ∫(1 - kept·u^p)^-q du trên [0, 1]
    term, total = 1.0, 0.0
    for k in range(5000):
        total += term / (p * k + 1)
        term *= kept * (q + k) / (k + 1)
    return total


def ode_law(m, v, w):
    root = math.sqrt(1 - v)
    angle = (torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000 * math.asin(root)
    area = angle.cos().pow(-1 - w).mean() * math.asin(root)  # a = sin(góc)/căn κ
    return float(w * m * v ** (w / 2) * area / root), v**w
