# Sai: nhân các s thay vì cộng.
def compose_couplings(s, m):
    s = ⟦bound⟧ * torch.tanh(s / ⟦bound⟧)
    m_total = 0 * m[0]
    for s_k, m_k in zip(s, m):
        m_total = s_k.exp() * m_total + m_k
    return s.prod(0), m_total
