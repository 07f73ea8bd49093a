# Sai: z đúng nhưng log định thức dùng s chưa chặn.
def sequential_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        s, m = conditioner(z)
        z = (x - m) * torch.exp(-⟦bound⟧ * torch.tanh(s))
    return z, -s.sum(1)
