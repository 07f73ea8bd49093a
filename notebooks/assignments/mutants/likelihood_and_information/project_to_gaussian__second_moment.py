# Sai: dùng mô-men bậc hai, quên trừ bình phương trung bình.
def project_to_gaussian(weights, means, variances):
    m = (weights * means).sum()
    v = (weights * (variances + means**2)).sum()
    return m, v, 0.5 * (2 * math.pi * math.e * v).log()
