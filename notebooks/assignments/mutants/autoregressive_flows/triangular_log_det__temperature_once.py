# Sai: cộng log T một lần thay vì D lần.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    h = conditioner(z)
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(z, h).sum(), z)
    return slope.abs().log().sum(1) + math.log(⟦temperature⟧)
