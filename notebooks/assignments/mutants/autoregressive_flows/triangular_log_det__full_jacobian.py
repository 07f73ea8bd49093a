# Sai: dựng cả ma trận Jacobi rồi tính định thức.
def flow_log_det(z, conditioner, tau):
    z = ⟦temperature⟧ * z
    rows = [
        torch.autograd.functional.jacobian(lambda v: tau(v[None], conditioner(v[None]))[0], row)
        for row in z
    ]
    return torch.linalg.slogdet(torch.stack(rows)).logabsdet + z.shape[1] * math.log(⟦temperature⟧)
