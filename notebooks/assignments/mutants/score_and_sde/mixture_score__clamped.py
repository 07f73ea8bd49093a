# Sai: chặn điểm số để «khỏi nổ».
def log_density(x, a, sigma, weights, means, stds):
    """log p_s(x) của từng hàng, kích thước (n,)."""
    variance = (a * stds) ** 2 + sigma**2
    away = x[:, None, :] - a * means
    logs = weights.log() - away.square().sum(2) / (2 * variance)
    logs = logs - x.shape[1] / 2 * torch.log(2 * math.pi * variance)
    return torch.logsumexp(logs, 1)


def score(x, a, sigma, weights, means, stds):
    """Điểm số ở nhiệt độ T tại từng hàng, kích thước (n, D)."""
    variance = (a * stds) ** 2 + sigma**2
    away = x[:, None, :] - a * means
    logs = weights.log() - away.square().sum(2) / (2 * variance)
    logs = logs - x.shape[1] / 2 * torch.log(variance)
    shares = torch.softmax(logs, 1)  # P(cụm k | x)
    score = -(shares[:, :, None] * away / variance[:, None]).sum(1) / ⟦heat⟧
    return score.clamp(-10, 10)
