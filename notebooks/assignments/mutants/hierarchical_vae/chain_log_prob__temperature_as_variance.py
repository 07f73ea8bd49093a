# Sai: nhân phương sai ở đỉnh với T thay vì T².
def chain_log_prob(x, weights, variances):
    cov = ⟦temperature⟧ * torch.eye(weights[-1].shape[1], dtype=x.dtype)
    for weight, variance in zip(reversed(weights), reversed(variances)):
        cov = weight @ cov @ weight.T + torch.diag(variance)
    zero = torch.zeros(x.shape[1], dtype=x.dtype)
    return torch.distributions.MultivariateNormal(zero, cov).log_prob(x)
