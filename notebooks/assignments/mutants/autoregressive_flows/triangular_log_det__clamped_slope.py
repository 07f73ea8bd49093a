# Sai: chặn dưới độ dốc «cho an toàn», nên độ dốc nhỏ thật sự bị đổi.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    h = conditioner(z).detach()
    z = z.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(z, h).sum(), z)
    return slope.abs().clamp_min(1e-2).log().sum(1) + z.shape[1] * math.log(⟦temperature⟧)
