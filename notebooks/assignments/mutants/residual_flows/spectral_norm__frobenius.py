# Sai: lấy chuẩn Frobenius.
def spectral_norm(W, steps):
    return W.norm()


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    return W * (bound / sigma) if sigma > bound else W
