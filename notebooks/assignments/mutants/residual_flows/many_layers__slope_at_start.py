# Sai: dùng đạo hàm tại điểm xuất phát cho mọi tầng.
def residual_stack(x, u, slope, T, K):
    log_det = K * (1 + T / K * slope(x)).abs().log()
    for _ in range(K):
        x = x + T / K * u(x)
    return x, log_det


def limits(a, T, x):
    return ⟦center⟧ + (x - ⟦center⟧) * math.exp(a * T), a * T, x, 0.0
