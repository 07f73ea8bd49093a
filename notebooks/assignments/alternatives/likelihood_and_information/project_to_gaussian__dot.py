# Đúng: tích vô hướng, luật phương sai toàn phần.
def project_to_gaussian(weights, means, variances):
    clean = weights @ means
    m = clean + ⟦share⟧ * (⟦place⟧ - clean)
    within, between = weights @ variances, weights @ (means - m).square()
    v = (1 - ⟦share⟧) * (within + between) + ⟦share⟧ * (⟦broad⟧ + (⟦place⟧ - m) ** 2)
    return m, v, -torch.distributions.Normal(0.0, v.sqrt()).log_prob(v.sqrt())
