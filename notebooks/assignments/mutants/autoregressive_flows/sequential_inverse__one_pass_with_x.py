# Sai: một lượt, đưa x vào cơ chế điều kiện của z.
def sequential_inverse(x, conditioner):
    s, m = conditioner(x)
    s = ⟦bound⟧ * torch.tanh(s)
    return (x - m) * torch.exp(-s), -s.sum(1)
