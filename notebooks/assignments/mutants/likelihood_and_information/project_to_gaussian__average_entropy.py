# Sai: entropy chéo tính như trung bình entropy của các thành phần.
def project_to_gaussian(weights, means, variances):
    m = (weights * means).sum()
    v = (weights * (variances + (means - m) ** 2)).sum()
    return m, v, (weights * 0.5 * (2 * math.pi * math.e * variances).log()).sum()
