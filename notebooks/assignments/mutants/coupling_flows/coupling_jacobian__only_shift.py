# Sai: ô dưới trái chỉ có đạo hàm của m.
t = math.tanh(-0.5)
J = [[1, 0], [-1.0, math.exp(t)]]
log_det = t
