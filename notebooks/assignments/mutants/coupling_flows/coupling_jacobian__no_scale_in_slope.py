# Sai: quên e^s trong đạo hàm của s.
t = math.tanh(⟦z1⟧)
J = [[1, 0], [⟦z2⟧ * (1 - t * t) + 2 * ⟦z1⟧, math.exp(t)]]
log_det = t
