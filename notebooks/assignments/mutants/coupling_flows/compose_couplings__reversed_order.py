# Sai: hợp theo thứ tự ngược.
def compose_couplings(s, m):
    s = ⟦bound⟧ * torch.tanh(s / ⟦bound⟧)
    s_total, m_total = 0 * s[0], 0 * m[0]
    for s_k, m_k in zip(s.flip(0), m.flip(0)):
        s_total = s_total + s_k
        m_total = s_k.exp() * m_total + m_k
    return s_total, m_total
