# Sai: chọn thành phần theo trọng số gốc, quên γ.
def sample_mixture(n, weights, means, stds):
    chosen = torch.multinomial(weights, n, replacement=True)
    noise = torch.randn(n, means.shape[1], dtype=means.dtype)
    return ⟦unit⟧ * (means[chosen] + stds[chosen] * noise)
