# Sai: lấy đạo hàm tại đầu ra của từng ánh xạ.
def chain_log_prob(x, maps):
    h, log_det = x, 0 * x
    for inverse, derivative in reversed(maps):
        log_det = log_det + derivative(h).abs().log()
        h = inverse(h)
    v = ⟦chain_variance⟧
    return -0.5 * math.log(2 * math.pi * v) - 0.5 * h**2 / v - log_det
