# Sai: giải cho hàng đầu rồi dùng s, m của nó cho cả lô.
def sequential_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        s, m = conditioner(z)
        s = ⟦bound⟧ * torch.tanh(s)
        z = (x - m[:1]) * torch.exp(-s[:1])
    return z, -s[:1].sum(1).expand(len(x))
