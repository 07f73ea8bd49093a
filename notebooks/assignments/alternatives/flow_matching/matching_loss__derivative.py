# Đúng: đích là đạo hàm tự động của đường đi theo t.
def interpolate(x0, x1, t, sigma):
    x1 = ⟦scale⟧ * x1
    def path(t):
        spread = 1 - t + sigma * t
        shape = (len(t),) + (1,) * (x0.dim() - 1)
        return spread.view(shape) * x0 + t.view(shape) * x1

    x, target = torch.autograd.functional.jvp(path, t, torch.ones_like(t))
    return x, target


def cfm_loss(field, x0, x1, t, sigma):
    x, target = interpolate(x0, x1, t, sigma)
    size = x[0].numel()
    return size * torch.nn.functional.mse_loss(field(t, x), target)
