# Sai: nhân từ dưới lên, W1 ở trong cùng.
def chain_log_prob(x, weights, variances):
    cov = torch.eye(x.shape[1], dtype=x.dtype)
    for weight, variance in zip(weights, variances):
        cov = weight.T @ (cov + torch.diag(variance)) @ weight
    cov = cov[: x.shape[1], : x.shape[1]] + torch.eye(min(len(cov), x.shape[1]), dtype=x.dtype)
    zero = torch.zeros(len(cov), dtype=x.dtype)
    return torch.distributions.MultivariateNormal(zero, cov).log_prob(x[:, : len(cov)])
