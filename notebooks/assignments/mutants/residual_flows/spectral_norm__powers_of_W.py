# Sai: lặp với W thay vì WᵀW: chỉ ra trị riêng, và chỉ cho ma trận vuông.
def spectral_norm(W, steps):
    if W.shape[0] != W.shape[1]:
        W = W.T @ W
        return spectral_norm(W, steps).sqrt()
    v = torch.randn(W.shape[1], dtype=W.dtype)
    for _ in range(steps):
        v = v / v.norm().clamp(min=1e-30)
        v = W @ v
    return v.norm()


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    return W * (bound / sigma) if sigma > bound else W
