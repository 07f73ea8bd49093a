# Sai: quên nhiệt độ của bộ phân loại.
def posterior(x, a, means, variances, priors):
    """q_s(c | x) của mọi loại, kích thước (n, K)."""
    spread = a**2 * variances + 1 - a**2  # phương sai của từng loại sau khi nhiễu
    square = (x[:, None, :] - a * means).square().sum(2)
    logs = priors.log() - square / (2 * spread) - x.shape[1] / 2 * spread.log()
    return torch.softmax(logs, 1)


def class_gradient(x, labels, a, means, variances, priors):
    """Gradient theo x của log q_s(nhãn | x), kích thước (n, D)."""
    spread = a**2 * variances + 1 - a**2
    scores = -(x[:, None, :] - a * means) / spread[:, None]  # (n, K, D)
    weights = posterior(x, a, means, variances, priors)
    overall = (weights[:, :, None] * scores).sum(1)  # điểm số trung bình theo q
    return scores[torch.arange(len(x)), labels] - overall


def classifier_guided(eps, gradient, sigma, w):
    """Dự đoán nhiễu có dẫn hướng bằng bộ phân loại."""
    return eps - w * sigma * gradient
