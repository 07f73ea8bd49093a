# Sai: cộng cả lô thành một số.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    h = conditioner(z)
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(z, h).sum(), z)
    return slope.abs().log().sum().expand(len(z)) + z.shape[1] * math.log(⟦temperature⟧)
