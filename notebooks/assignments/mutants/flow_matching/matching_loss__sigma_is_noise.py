# Sai: cộng nhiễu σ ngẫu nhiên vào đoạn thẳng.
def interpolate(x0, x1, t, sigma):
    x1 = ⟦scale⟧ * x1
    t = t.reshape(-1, *[1] * (x0.ndim - 1))
    return (1 - t) * x0 + t * x1 + sigma * torch.randn_like(x0), x1 - (1 - sigma) * x0


def cfm_loss(field, x0, x1, t, sigma):
    x, target = interpolate(x0, x1, t, sigma)
    return (field(t, x) - target).square().sum() / len(x)
