# Sai: bám vào thành phần nặng nhất (nghiệm kiểu KL ngược).
def project_to_gaussian(weights, means, variances):
    k = weights.argmax()
    m, v = means[k], variances[k]
    return m, v, 0.5 * (2 * math.pi * math.e * v).log()
