# Đúng: tích vô hướng, luật phương sai toàn phần.
def project_to_gaussian(weights, means, variances):
    m = weights @ means
    within, between = weights @ variances, weights @ (means - m).square()
    v = within + between
    return m, v, -torch.distributions.Normal(0.0, v.sqrt()).log_prob(v.sqrt())
