# Sai: cắt s về đoạn [-c, c] thay vì dùng tanh.
def compose_couplings(s, m):
    s_total, m_total = 0 * s[0], 0 * m[0]
    for s_k, m_k in zip(s.clamp(-⟦bound⟧, ⟦bound⟧), m):
        s_total = s_total + s_k
        m_total = s_k.exp() * m_total + m_k
    return s_total, m_total
