# Sai: chặn bằng tanh(c·s) thay vì c·tanh(s).
def sequential_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        s, m = conditioner(z)
        s = torch.tanh(⟦bound⟧ * s)
        z = (x - m) * torch.exp(-s)
    return z, -s.sum(1)
