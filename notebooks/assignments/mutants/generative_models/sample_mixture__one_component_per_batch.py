# Sai: chọn một thành phần cho cả lô.
def sample_mixture(n, weights, means, stds):
    weights = weights**⟦gamma⟧ / (weights**⟦gamma⟧).sum()
    k = int(torch.multinomial(weights, 1))
    return ⟦unit⟧ * (means[k] + stds[k] * torch.randn(n, means.shape[1], dtype=means.dtype))
