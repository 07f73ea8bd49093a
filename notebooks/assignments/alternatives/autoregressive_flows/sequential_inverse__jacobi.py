# Đúng: lặp Jacobi: sau D lượt thì chính xác.
def sequential_inverse(x, conditioner):
    z = x
    for _ in range(x.shape[1]):
        s, m = conditioner(z)
        s = ⟦bound⟧ * torch.sinh(s) / torch.cosh(s)
        z = (x - m) / torch.exp(s)
    return z, torch.sum(-s, dim=-1)
