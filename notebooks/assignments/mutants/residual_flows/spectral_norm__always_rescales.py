# Sai: luôn kéo chuẩn phổ về bound, kể cả khi nó đã nhỏ hơn.
def spectral_norm(W, steps):
    v = torch.randn(W.shape[1], dtype=W.dtype)
    sigma = torch.zeros((), dtype=W.dtype)
    for _ in range(steps):
        v = v / v.norm().clamp(min=1e-30)
        sigma = (W @ v).norm()
        v = W.T @ (W @ v)
    return sigma


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    return W * (bound / spectral_norm(W, steps).clamp(min=1e-30))
