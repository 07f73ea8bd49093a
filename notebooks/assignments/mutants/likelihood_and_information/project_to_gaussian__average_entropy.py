# Sai: entropy chéo tính như trung bình entropy của các thành phần.
def project_to_gaussian(weights, means, variances):
    weights = torch.cat([(1 - ⟦share⟧) * weights, weights.new_tensor([⟦share⟧])])
    means = torch.cat([means, means.new_tensor([⟦place⟧])])
    variances = torch.cat([variances, variances.new_tensor([⟦broad⟧])])
    m = (weights * means).sum()
    v = (weights * (variances + (means - m) ** 2)).sum()
    return m, v, (weights * 0.5 * (2 * math.pi * math.e * variances).log()).sum()
