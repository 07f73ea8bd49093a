# Sai: một vector nhiễu cho cả lô.
def sample_mixture(n, weights, means, stds):
    weights = weights**⟦gamma⟧ / (weights**⟦gamma⟧).sum()
    chosen = torch.multinomial(weights, n, replacement=True)
    noise = torch.randn(means.shape[1], dtype=means.dtype)
    return ⟦unit⟧ * (means[chosen] + stds[chosen] * noise)
