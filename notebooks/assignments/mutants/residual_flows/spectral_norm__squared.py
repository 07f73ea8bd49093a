# Sai: trả về bình phương của chuẩn phổ (trị riêng của WᵀW).
def spectral_norm(W, steps):
    v = torch.randn(W.shape[1], dtype=W.dtype)
    for _ in range(steps):
        v = W.T @ (W @ (v / v.norm().clamp(min=1e-30)))
    return v.norm() if W.numel() > 1 else W.abs().sum()


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    return W * (bound / sigma) if sigma > bound else W
