# Sai: giới hạn lấy một tầng duy nhất: 1 + aT.
def residual_stack(x, u, slope, T, K):
    log_det = torch.zeros_like(x)
    for _ in range(K):
        log_det = log_det + (1 + T / K * slope(x)).abs().log()
        x = x + T / K * u(x)
    return x, log_det


def limits(a, T, x):
    return ⟦center⟧ + (x - ⟦center⟧) * (1 + a * T), math.log(abs(1 + a * T)), x, 0.0
