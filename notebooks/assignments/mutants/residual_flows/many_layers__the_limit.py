# Sai: chia nhỏ thêm nghìn lần: trả về giới hạn thay vì giá trị với K đã cho.
def residual_stack(x, u, slope, T, K):
    K = 1000 * K
    log_det = torch.zeros_like(x)
    for _ in range(K):
        log_det = log_det + (1 + T / K * slope(x)).abs().log()
        x = x + T / K * u(x)
    return x, log_det


def limits(a, T, x):
    return ⟦center⟧ + (x - ⟦center⟧) * math.exp(a * T), a * T, x, 0.0
