# Sai: coi K → ∞ và δ → 0 là một.
def residual_stack(x, u, slope, T, K):
    log_det = torch.zeros_like(x)
    for _ in range(K):
        log_det = log_det + (1 + T / K * slope(x)).abs().log()
        x = x + T / K * u(x)
    return x, log_det


def limits(a, T, x):
    y, log_det = ⟦center⟧ + (x - ⟦center⟧) * math.exp(a * T), a * T
    return y, log_det, y, log_det
