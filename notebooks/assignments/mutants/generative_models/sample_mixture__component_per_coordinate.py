# Sai: mỗi tọa độ tự chọn thành phần, nên sinh ra những cụm không có thật.
def sample_mixture(n, weights, means, stds):
    weights = weights**⟦gamma⟧ / (weights**⟦gamma⟧).sum()
    d = means.shape[1]
    chosen = torch.multinomial(weights, n * d, replacement=True).reshape(n, d)
    noise = torch.randn(n, d, dtype=means.dtype)
    return ⟦unit⟧ * (means.gather(0, chosen) + stds.gather(0, chosen) * noise)
