# Đúng: p(c | x) là một lần đo mờ; tích phân bằng quy tắc Simpson.
def tempered(m, v, w):
    noise = 1 / (1 / v - 1)  # c = x + nhiễu, phương sai này
    c = m * (1 + noise)
    return torch.tensor([c / (1 + noise / w), noise / (noise + w)], dtype=torch.float64)


def sde_law(m, v, w):
    kept = 1 - v
    n = 2 * w - 1
    return [-m * math.expm1(w * math.log(v)) / kept, -v * math.expm1(n * math.log(v)) / (n * kept)]


def ode_law(m, v, w):
    kept, steps = 1 - v, 20_000
    total = 0.0
    for j in range(steps + 1):
        a = j / steps
        weight = 1 if j in (0, steps) else 4 if j % 2 else 2
        total += weight * math.exp(-(1 + w / 2) * math.log(1 - kept * a * a))
    return [w * m * math.sqrt(v**w) * total / (3 * steps), math.exp(w * math.log(v))]
