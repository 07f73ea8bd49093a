# Sai: gọi thêm một lần để tính log định thức.
def sequential_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        s, m = conditioner(z)
        s = ⟦bound⟧ * torch.tanh(s)
        z = (x - m) * torch.exp(-s)
    s, m = conditioner(z)
    s = ⟦bound⟧ * torch.tanh(s)
    return z, -s.sum(1)
