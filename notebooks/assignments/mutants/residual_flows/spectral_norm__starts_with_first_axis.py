# Sai: xuất phát từ vector (1, 0, …, 0).
def spectral_norm(W, steps):
    v = torch.eye(W.shape[1], dtype=W.dtype)[0]
    sigma = torch.zeros((), dtype=W.dtype)
    for _ in range(steps):
        v = v / v.norm().clamp(min=1e-30)
        sigma = (W @ v).norm()
        v = W.T @ (W @ v)
    return sigma


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    return W * (bound / sigma) if sigma > bound else W
