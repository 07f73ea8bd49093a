# Sai: bám vào thành phần nặng nhất (nghiệm kiểu KL ngược).
def project_to_gaussian(weights, means, variances):
    weights = torch.cat([(1 - ⟦share⟧) * weights, weights.new_tensor([⟦share⟧])])
    means = torch.cat([means, means.new_tensor([⟦place⟧])])
    variances = torch.cat([variances, variances.new_tensor([⟦broad⟧])])
    k = weights.argmax()
    m, v = means[k], variances[k]
    return m, v, 0.5 * (2 * math.pi * math.e * v).log()
