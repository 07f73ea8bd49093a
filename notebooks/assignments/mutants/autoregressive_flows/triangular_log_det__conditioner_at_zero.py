# Sai: gọi cơ chế điều kiện tại 0 thay vì tại z.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    h = conditioner(torch.zeros_like(z))
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(z, h).sum(), z)
    return slope.abs().log().sum(1) + z.shape[1] * math.log(⟦temperature⟧)
