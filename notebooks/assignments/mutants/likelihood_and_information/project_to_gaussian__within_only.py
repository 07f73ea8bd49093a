# Sai: phương sai chỉ lấy trung bình các phương sai, quên phần do các tâm cách nhau.
def project_to_gaussian(weights, means, variances):
    weights = torch.cat([(1 - ⟦share⟧) * weights, weights.new_tensor([⟦share⟧])])
    means = torch.cat([means, means.new_tensor([⟦place⟧])])
    variances = torch.cat([variances, variances.new_tensor([⟦broad⟧])])
    m = (weights * means).sum()
    v = (weights * variances).sum()
    return m, v, 0.5 * (2 * math.pi * math.e * v).log()
