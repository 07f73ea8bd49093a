# Đúng: lặp trên ma trận Gram nhỏ hơn, kết quả numpy.
def spectral_norm(W, steps):
    M = W.detach().double().numpy()
    G = M @ M.T if M.shape[0] < M.shape[1] else M.T @ M
    v = torch.rand(len(G)).double().numpy() - 0.5
    value = 0.0
    for _ in range(steps):
        size = (v @ v) ** 0.5
        if size == 0:
            return 0.0
        v = v / size
        value = (v @ G @ v) ** 0.5
        v = G @ v
    return value


def limit_norm(W, bound, steps):
    bound = bound / ⟦gain⟧
    sigma = spectral_norm(W, steps)
    copy = W.detach().clone()
    if sigma > bound:
        copy *= bound / sigma
    return copy.numpy()
