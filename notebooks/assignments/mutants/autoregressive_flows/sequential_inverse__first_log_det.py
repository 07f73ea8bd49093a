# Sai: log định thức lấy từ lượt gọi đầu tiên.
def sequential_inverse(x, conditioner):
    z, log_det = torch.zeros_like(x), None
    for _ in range(x.shape[1]):
        s, m = conditioner(z)
        s = ⟦bound⟧ * torch.tanh(s)
        log_det = -s.sum(1) if log_det is None else log_det
        z = (x - m) * torch.exp(-s)
    return z, log_det
