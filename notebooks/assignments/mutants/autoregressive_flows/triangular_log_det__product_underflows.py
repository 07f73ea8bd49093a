# Sai: nhân các phần tử đường chéo rồi mới lấy logarit.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    h = conditioner(z)
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(z, h).sum(), z)
    return slope.prod(1).abs().log() + z.shape[1] * math.log(⟦temperature⟧)
