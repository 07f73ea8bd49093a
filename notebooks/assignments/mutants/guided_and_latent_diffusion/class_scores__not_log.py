# Sai: gradient của xác suất, không phải của log xác suất.
def posterior(x, a, means, variances, priors):
    spread = a**2 * variances + 1 - a**2
    square = (x[:, None, :] - a * means).square().sum(2)
    logs = priors.log() - square / (2 * spread) - x.shape[1] / 2 * spread.log()
    return torch.softmax(logs / ⟦heat⟧, 1)


def class_gradient(x, labels, a, means, variances, priors):
    spread = a**2 * variances + 1 - a**2
    scores = -(x[:, None, :] - a * means) / spread[:, None]
    weights = posterior(x, a, means, variances, priors)
    overall = (weights[:, :, None] * scores).sum(1)
    rows = torch.arange(len(x))
    return weights[rows, labels][:, None] * (scores[rows, labels] - overall) / ⟦heat⟧


def classifier_guided(eps, gradient, sigma, w):
    return eps - w * sigma * gradient
