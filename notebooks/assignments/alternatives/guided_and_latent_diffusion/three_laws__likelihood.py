# Đúng: p(c | x) là một lần đo mờ; tích phân bằng quy tắc Simpson.
def tempered(m, v, w):
    noise = 1 / (1 / v - 1)  # c = x + nhiễu, phương sai này
    c = m * (1 + noise)
    return torch.tensor([c / (1 + noise / w), noise / (noise + w)], dtype=torch.float64)


def sde_law(m, v, w):
    c = 1 + ⟦lam⟧**2
    mean = simpson(lambda u: ((1 - (1 - v) * u ** (2 / c)) / v) ** (-1 - c * w / 2))
    variance = simpson(lambda u: ((1 - (1 - v) * u ** (1 / (c - 1))) / v) ** (-c * w))
    return [w * m / v * mean, variance]


def simpson(f, steps=20_000):
    total = f(0.0) + f(1.0)
    for j in range(1, steps):
        total += (4 if j % 2 else 2) * f(j / steps)
    return total / (3 * steps)


def ode_law(m, v, w):
    kept, steps = 1 - v, 20_000
    total = 0.0
    for j in range(steps + 1):
        a = j / steps
        weight = 1 if j in (0, steps) else 4 if j % 2 else 2
        total += weight * math.exp(-(1 + w / 2) * math.log(1 - kept * a * a))
    return [w * m * math.sqrt(v**w) * total / (3 * steps), math.exp(w * math.log(v))]
