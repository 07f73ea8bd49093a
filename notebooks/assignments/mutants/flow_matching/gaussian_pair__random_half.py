# Sai: mô phỏng nghìn cặp, sai số vài phần trăm.
def marginal_velocity(x, t, m, s):
    variance = ((1 - t) * ⟦source_std⟧) ** 2 + t**2 * s**2
    return m + (t * s**2 - (1 - t) * ⟦source_std⟧**2) / variance * (x - t * m)


def trajectory(z, t, m, s):
    return t * m + math.sqrt(((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2) * z / ⟦source_std⟧


def smallest_loss(m, s):
    t = torch.rand(1000)
    return float(((⟦source_std⟧ * s) ** 2 / (((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2)).mean())
