# Đúng: từng loại một vào tensor float32; trọng số và σ là tensor không chiều.
def posterior(x, a, means, variances, priors):
    logs = torch.zeros(len(x), len(priors))
    for c in range(len(priors)):
        v = a**2 * variances[c] + 1 - a**2
        away = ((x - a * means[c]) ** 2).sum(dim=1)
        logs[:, c] = priors[c].log() - away / (2 * v) - x.shape[1] / 2 * (2 * math.pi * v).log()
    return torch.softmax(logs / ⟦heat⟧, dim=1)


def class_gradient(x, labels, a, means, variances, priors):
    chances = posterior(x, a, means, variances, priors)
    answer = torch.zeros_like(x)
    for c in range(len(priors)):
        pull = -(x - a * means[c]) / (a**2 * variances[c] + 1 - a**2)
        answer += ((labels == c).to(x.dtype) - chances[:, c])[:, None] * pull
    return answer / ⟦heat⟧


def classifier_guided(eps, gradient, sigma, w):
    return eps - torch.tensor(w) * torch.tensor(sigma) * gradient
