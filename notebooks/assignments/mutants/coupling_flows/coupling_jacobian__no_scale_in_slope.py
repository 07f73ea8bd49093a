# Sai: quên e^s trong đạo hàm của s.
t = math.tanh(-0.5)
J = [[1, 0], [3 * (1 - t * t) - 1, math.exp(t)]]
log_det = t
