# Đúng: vẫn lấy mẫu mọi thành phần, rồi giữ lại đúng một.
def sample_mixture(n, weights, means, stds):
    parts = means + stds * torch.randn(n, *means.shape, dtype=means.dtype)
    chosen = torch.multinomial(weights.pow(⟦gamma⟧), n, replacement=True)
    return parts[torch.arange(n), chosen] * ⟦unit⟧
