# Sai: quên nhiễu của các tầng giữa.
def chain_log_prob(x, weights, variances):
    path = weights[0]
    for weight in weights[1:]:
        path = path @ weight
    cov = ⟦temperature⟧ ** 2 * path @ path.T + torch.diag(variances[0])
    zero = torch.zeros(x.shape[1], dtype=x.dtype)
    return torch.distributions.MultivariateNormal(zero, cov).log_prob(x)
