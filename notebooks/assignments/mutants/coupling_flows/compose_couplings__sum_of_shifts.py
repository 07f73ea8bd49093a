# Sai: cộng các m mà không co giãn.
def compose_couplings(s, m):
    s = ⟦bound⟧ * torch.tanh(s / ⟦bound⟧)
    return s.sum(0), m.sum(0)
