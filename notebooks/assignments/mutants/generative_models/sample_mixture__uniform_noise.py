# Sai: nhiễu đều có phương sai 1 thay cho nhiễu Gauss.
def sample_mixture(n, weights, means, stds):
    weights = weights**⟦gamma⟧ / (weights**⟦gamma⟧).sum()
    chosen = torch.multinomial(weights, n, replacement=True)
    noise = math.sqrt(12) * (torch.rand(n, means.shape[1], dtype=means.dtype) - 0.5)
    return ⟦unit⟧ * (means[chosen] + stds[chosen] * noise)
