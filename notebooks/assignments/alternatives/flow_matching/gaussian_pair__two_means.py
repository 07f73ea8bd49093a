# Đúng: E[x₁|x] và E[x₀|x] tính riêng; tích phân số.
def marginal_velocity(x, t, m, s):
    variance = (1 - t) * (1 - t) * ⟦source_std⟧**2 + t * t * s * s
    away = (x - t * m) / variance
    data = m + t * s * s * away
    noise = (1 - t) * ⟦source_std⟧**2 * away
    return data - noise


def trajectory(z, t, m, s):
    return t * m + math.sqrt(((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2) * z / ⟦source_std⟧


def smallest_loss(m, s):
    n = 50_000
    total = 0.0
    for k in range(n):
        t = (k + 0.5) / n
        total += ⟦source_std⟧**2 * s * s / (((1 - t) * ⟦source_std⟧) ** 2 + t * t * s * s)
    return total / n
