# Sai: chỉ nhân nhiệt độ vào cơ chế biến đổi, cơ chế điều kiện vẫn đọc z chưa nhân.
def flow_log_det(z, conditioner, tau):
    h = conditioner(z)
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(tau(⟦temperature⟧ * z, h).sum(), z)
    return slope.abs().log().sum(1)
