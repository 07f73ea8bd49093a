# Sai: để dữ liệu ở t = 0.
def marginal_velocity(x, t, m, s):
    if not isinstance(t, torch.Tensor) and t == 0:
        return m - x
    t = 1 - t
    variance = ((1 - t) * ⟦source_std⟧) ** 2 + t**2 * s**2
    return -(m + (t * s**2 - (1 - t) * ⟦source_std⟧**2) / variance * (x - t * m))


def trajectory(z, t, m, s):
    return t * m + math.sqrt(((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2) * z / ⟦source_std⟧


def smallest_loss(m, s):
    return math.pi * ⟦source_std⟧ * s / 2
