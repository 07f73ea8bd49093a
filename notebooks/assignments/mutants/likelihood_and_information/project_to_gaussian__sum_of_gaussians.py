# Sai: lẫn hỗn hợp với tổng có trọng số của các biến độc lập.
def project_to_gaussian(weights, means, variances):
    weights = torch.cat([(1 - ⟦share⟧) * weights, weights.new_tensor([⟦share⟧])])
    means = torch.cat([means, means.new_tensor([⟦place⟧])])
    variances = torch.cat([variances, variances.new_tensor([⟦broad⟧])])
    m = (weights * means).sum()
    v = (weights**2 * variances).sum()
    return m, v, 0.5 * (2 * math.pi * math.e * v).log()
