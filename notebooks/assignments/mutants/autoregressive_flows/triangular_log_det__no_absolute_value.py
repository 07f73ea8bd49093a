# Sai: quên giá trị tuyệt đối khi τ giảm.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    h = conditioner(z)
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(z, h).sum(), z)
    return slope.log().sum(1) + z.shape[1] * math.log(⟦temperature⟧)
