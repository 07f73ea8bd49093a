# Sai: phân tích SVD thay vì lặp lũy thừa.
def spectral_norm(W, steps):
    return torch.linalg.svdvals(W)[0]


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    return W * (bound / sigma) if sigma > bound else W
