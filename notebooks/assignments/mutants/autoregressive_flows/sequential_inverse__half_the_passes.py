# Sai: dừng lặp sau D/2 lượt.
def sequential_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range((x.shape[1] + 1) // 2):
        s, m = conditioner(z)
        s = ⟦bound⟧ * torch.tanh(s)
        z = (x - m) * torch.exp(-s)
    return z, -s.sum(1)
