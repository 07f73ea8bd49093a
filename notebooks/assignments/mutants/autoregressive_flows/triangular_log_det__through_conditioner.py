# Sai: lấy đạo hàm qua cả h nên cộng cả các phần tử dưới đường chéo.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(z, conditioner(z)).sum(), z)
    return slope.abs().log().sum(1) + z.shape[1] * math.log(⟦temperature⟧)
