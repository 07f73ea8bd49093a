# Sai: quên phần nhiễu của độ lệch chuẩn.
def marginal_velocity(x, t, m, s):
    variance = ((1 - t) * ⟦source_std⟧) ** 2 + t**2 * s**2
    return m + (t * s**2 - (1 - t) * ⟦source_std⟧**2) / variance * (x - t * m)


def trajectory(z, t, m, s):
    return t * m + (1 - t + t * s**2 / ⟦source_std⟧**2) * z


def smallest_loss(m, s):
    return math.pi * ⟦source_std⟧ * s / 2
