# Sai: trả về định thức thay vì logarit của nó.
t = math.tanh(⟦z1⟧)
J = torch.tensor([[1.0, 0.0], [⟦z2⟧ * math.exp(t) * (1 - t * t) + 2 * ⟦z1⟧, math.exp(t)]])
log_det = math.exp(t)
