# Sai: quên giá trị tuyệt đối khi τ giảm.
def flow_log_det(z, conditioner, tau):
    h = conditioner(z)
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(z, h).sum(), z)
    return slope.log().sum(1)
