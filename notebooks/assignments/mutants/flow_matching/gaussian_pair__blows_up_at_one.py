# Sai: (E[x₁|x] − x)/(1 − t): NaN lúc t = 1.
def marginal_velocity(x, t, m, s):
    variance = ((1 - t) * ⟦source_std⟧) ** 2 + t**2 * s**2
    data = m + t * s**2 / variance * (x - t * m)
    return (data - x) / (1 - t)


def trajectory(z, t, m, s):
    return t * m + math.sqrt(((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2) * z / ⟦source_std⟧


def smallest_loss(m, s):
    return math.pi * ⟦source_std⟧ * s / 2
