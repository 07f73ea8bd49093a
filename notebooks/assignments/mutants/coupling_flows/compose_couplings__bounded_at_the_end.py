# Sai: cộng hết các s rồi mới chặn một lần.
def compose_couplings(s, m):
    m_total = 0 * m[0]
    for s_k, m_k in zip(⟦bound⟧ * torch.tanh(s / ⟦bound⟧), m):
        m_total = s_k.exp() * m_total + m_k
    return ⟦bound⟧ * torch.tanh(s.sum(0) / ⟦bound⟧), m_total
