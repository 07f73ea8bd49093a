# Sai: π/2, chỉ đúng khi s = 1.
def marginal_velocity(x, t, m, s):
    variance = ((1 - t) * ⟦source_std⟧) ** 2 + t**2 * s**2
    return m + (t * s**2 - (1 - t) * ⟦source_std⟧**2) / variance * (x - t * m)


def trajectory(z, t, m, s):
    return t * m + math.sqrt(((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2) * z / ⟦source_std⟧


def smallest_loss(m, s):
    return math.pi * ⟦source_std⟧ / 2
