# Sai: coi phương sai là độ lệch chuẩn.
def chain_log_prob(x, weights, variances):
    cov = ⟦temperature⟧ ** 2 * torch.eye(weights[-1].shape[1], dtype=x.dtype)
    for weight, variance in zip(reversed(weights), reversed(variances)):
        cov = weight @ cov @ weight.T + torch.diag(variance**2)
    zero = torch.zeros(x.shape[1], dtype=x.dtype)
    return torch.distributions.MultivariateNormal(zero, cov).log_prob(x)
