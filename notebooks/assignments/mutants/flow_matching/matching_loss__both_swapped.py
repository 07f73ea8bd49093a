# Sai: đổi chỗ cả đường đi lẫn đích: dữ liệu ở t = 0.
def interpolate(x0, x1, t, sigma):
    x1 = ⟦scale⟧ * x1
    t = t.reshape(-1, *[1] * (x0.ndim - 1))
    x0, x1 = x1, x0
    return (1 - (1 - sigma) * t) * x0 + t * x1, x1 - (1 - sigma) * x0


def cfm_loss(field, x0, x1, t, sigma):
    x, target = interpolate(x0, x1, t, sigma)
    return (field(t, x) - target).square().sum() / len(x)
