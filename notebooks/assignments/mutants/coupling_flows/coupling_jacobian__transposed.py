# Sai: ma trận bị chuyển vị.
t = math.tanh(⟦z1⟧)
J = torch.tensor([[1.0, 0.0], [⟦z2⟧ * math.exp(t) * (1 - t * t) + 2 * ⟦z1⟧, math.exp(t)]]).T
log_det = t
