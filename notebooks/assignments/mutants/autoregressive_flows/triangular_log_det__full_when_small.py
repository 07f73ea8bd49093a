# Sai: ma trận đầy đủ khi D nhỏ, nhân rồi mới lấy logarit khi D lớn.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    if z.shape[1] > 50:
        h = conditioner(z)
        z = z.clone().requires_grad_()
        (slope,) = torch.autograd.grad(tau(z, h).sum(), z)
        return slope.prod(1).abs().clamp(1e-300, 1e300).log() + z.shape[1] * math.log(⟦temperature⟧)
    rows = [
        torch.autograd.functional.jacobian(lambda v: tau(v[None], conditioner(v[None]))[0], row)
        for row in z
    ]
    return torch.linalg.slogdet(torch.stack(rows)).logabsdet + z.shape[1] * math.log(⟦temperature⟧)
