# Đúng: đệ quy từ đỉnh, dùng MultivariateNormal.
def covariance(weights, variances):
    inner = (⟦temperature⟧**2 * torch.eye(weights[0].shape[1]).double()).to(weights[0])
    if len(weights) > 1:
        inner = covariance(weights[1:], variances[1:])
    return weights[0] @ inner @ weights[0].mT + variances[0].diag_embed()


def chain_log_prob(x, weights, variances):
    law = torch.distributions.MultivariateNormal(
        x.new_zeros(x.shape[1]), covariance_matrix=covariance(weights, variances)
    )
    return law.log_prob(x)
