# Sai: cộng log đạo hàm thay vì trừ.
def chain_log_prob(x, maps):
    h, log_det = x, 0 * x
    for inverse, derivative in reversed(maps):
        h = inverse(h)
        log_det = log_det + derivative(h).abs().log()
    v = ⟦chain_variance⟧
    return -0.5 * math.log(2 * math.pi * v) - 0.5 * h**2 / v + log_det
