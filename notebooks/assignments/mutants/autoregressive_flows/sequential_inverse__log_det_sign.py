# Sai: trả về log định thức của chiều z → x.
def sequential_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        s, m = conditioner(z)
        s = ⟦bound⟧ * torch.tanh(s)
        z = (x - m) * torch.exp(-s)
    return z, s.sum(1)
