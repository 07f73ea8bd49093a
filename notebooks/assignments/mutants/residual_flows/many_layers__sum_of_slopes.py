# Sai: cộng δu′ thay vì log|1 + δu′|: log định thức của giới hạn.
def residual_stack(x, u, slope, T, K):
    log_det = torch.zeros_like(x)
    for _ in range(K):
        log_det = log_det + T / K * slope(x)
        x = x + T / K * u(x)
    return x, log_det


def limits(a, T, x):
    return ⟦center⟧ + (x - ⟦center⟧) * math.exp(a * T), a * T, x, 0.0
