# Sai: điền các x đã biết thay vì các z vừa tìm được.
def sequential_inverse(x, conditioner):
    z, seen = torch.zeros_like(x), torch.zeros_like(x)
    for i in range(x.shape[1]):
        s, m = conditioner(seen)
        s = ⟦bound⟧ * torch.tanh(s)
        z[:, i] = (x[:, i] - m[:, i]) * torch.exp(-s[:, i])
        seen[:, i] = x[:, i]
    return z, -s.sum(1)
