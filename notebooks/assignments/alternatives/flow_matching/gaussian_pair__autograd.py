# Đúng: đạo hàm của quỹ đạo; arctan.
def marginal_velocity(x, t, m, s):
    t = torch.as_tensor(t, dtype=torch.float64).expand(x.shape).clone().requires_grad_()
    std = (((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2).sqrt()
    z = ((x - t * m) / std).detach()
    (slope,) = torch.autograd.grad((t * m + std * z).sum(), t)
    return slope.to(x.dtype)


def trajectory(z, t, m, s):
    return t * m + math.sqrt(((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2) * z / ⟦source_std⟧


def smallest_loss(m, s):
    return ⟦source_std⟧ * s * math.atan(1e300)
