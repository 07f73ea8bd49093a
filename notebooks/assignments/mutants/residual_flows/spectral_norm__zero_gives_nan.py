# Sai: chia cho 0 khi W bằng 0.
def spectral_norm(W, steps):
    v = torch.randn(W.shape[1], dtype=W.dtype)
    sigma = torch.zeros((), dtype=W.dtype)
    for _ in range(steps):
        v = v / v.norm()
        v = W.T @ (W @ v)
        v = v / v.norm()
        sigma = (W @ v).norm()
    return sigma


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    return W * (bound / sigma) if sigma > bound else W
