# Đúng: gọi backward rồi đọc .grad, kết quả còn nối với đồ thị.
def flow_log_det(z, conditioner, tau):
    point = z.detach() * torch.tensor(⟦temperature⟧)
    point.requires_grad = True
    with torch.no_grad():
        h = conditioner(point)
    x = tau(point, h)
    x.backward(torch.ones_like(x))
    return torch.log(point.grad**2).sum(-1) / 2 + 0 * point.sum() + point.size(1) * torch.log(torch.tensor(⟦temperature⟧))
