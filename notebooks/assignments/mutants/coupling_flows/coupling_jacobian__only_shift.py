# Sai: ô dưới trái chỉ có đạo hàm của m.
t = math.tanh(⟦z1⟧)
J = [[1, 0], [2 * ⟦z1⟧, math.exp(t)]]
log_det = t
