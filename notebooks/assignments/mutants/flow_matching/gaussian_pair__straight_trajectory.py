# Sai: quỹ đạo là đoạn thẳng từ z tới m + sz.
def marginal_velocity(x, t, m, s):
    variance = ((1 - t) * ⟦source_std⟧) ** 2 + t**2 * s**2
    return m + (t * s**2 - (1 - t) * ⟦source_std⟧**2) / variance * (x - t * m)


def trajectory(z, t, m, s):
    return (1 - t) * z + t * (m + s * z / ⟦source_std⟧)


def smallest_loss(m, s):
    return math.pi * ⟦source_std⟧ * s / 2
