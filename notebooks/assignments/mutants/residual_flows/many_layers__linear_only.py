# Sai: tưởng u luôn tuyến tính: lấy lũy thừa K của hệ số tại 1.
def residual_stack(x, u, slope, T, K):
    factor = 1 + T / K * slope(torch.ones_like(x))
    return x * factor**K, K * factor.abs().log()


def limits(a, T, x):
    return ⟦center⟧ + (x - ⟦center⟧) * math.exp(a * T), a * T, x, 0.0
