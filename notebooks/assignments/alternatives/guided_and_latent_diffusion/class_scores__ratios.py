# Đúng: tỉ số giữa các loại, không qua điểm số chung.
def posterior(x, a, means, variances, priors):
    spread = a**2 * variances + (1 - a**2)
    kernel = torch.distributions.Normal(a * means[None], spread.sqrt()[None, :, None])
    logs = kernel.log_prob(x[:, None]).sum(-1) + priors.log()
    logs = logs / ⟦heat⟧
    return torch.stack([1 / (logs - logs[:, [c]]).exp().sum(1) for c in range(len(priors))], 1)


def class_gradient(x, labels, a, means, variances, priors):
    spread = a**2 * variances + (1 - a**2)
    chance = torch.as_tensor(posterior(x, a, means, variances, priors))
    total = torch.zeros_like(x)
    for c in range(len(priors)):  # từng hiệu điểm số của nhãn với loại c
        mine = (a * means[labels] - x) / spread[labels][:, None]
        other = (a * means[c] - x) / spread[c]
        total += chance[:, c : c + 1] * (mine - other) / ⟦heat⟧
    return total


def classifier_guided(eps, gradient, sigma, w):
    return (eps.numpy() - w * sigma * gradient.numpy()).tolist()
