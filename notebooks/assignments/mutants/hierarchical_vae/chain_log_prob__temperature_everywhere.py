# Sai: hạ nhiệt độ ở mọi tầng z, không chỉ ở đỉnh.
def chain_log_prob(x, weights, variances):
    cov = ⟦temperature⟧ ** 2 * torch.eye(weights[-1].shape[1], dtype=x.dtype)
    for weight, variance in zip(reversed(weights), reversed(variances)):
        scale = 1.0 if variance is variances[0] else ⟦temperature⟧ ** 2
        cov = weight @ cov @ weight.T + scale * torch.diag(variance)
    zero = torch.zeros(x.shape[1], dtype=x.dtype)
    return torch.distributions.MultivariateNormal(zero, cov).log_prob(x)
