# Sai: đi từ tọa độ cuối về tọa độ đầu.
def sequential_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for i in reversed(range(x.shape[1])):
        s, m = conditioner(z)
        s = ⟦bound⟧ * torch.tanh(s)
        z[:, i] = (x[:, i] - m[:, i]) * torch.exp(-s[:, i])
    return z, -s.sum(1)
