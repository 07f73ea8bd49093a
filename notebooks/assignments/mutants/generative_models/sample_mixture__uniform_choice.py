# Sai: chọn thành phần đều nhau, bỏ qua trọng số.
def sample_mixture(n, weights, means, stds):
    chosen = torch.randint(0, len(weights), (n,))
    noise = torch.randn(n, means.shape[1], dtype=means.dtype)
    return ⟦unit⟧ * (means[chosen] + stds[chosen] * noise)
