# Đúng: vi phân xuôi theo hướng toàn số 1, h cố định.
def flow_log_det(z, conditioner, tau):
    z = z * ⟦temperature⟧
    h = conditioner(z)
    push = torch.full_like(z, ⟦temperature⟧)
    _, slope = torch.func.jvp(lambda v: tau(v, h), (z,), (push,))
    return torch.sum(torch.log(torch.abs(slope)), dim=-1).tolist()
