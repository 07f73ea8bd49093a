# Sai: lẫn hỗn hợp với tổng có trọng số của các biến độc lập.
def project_to_gaussian(weights, means, variances):
    m = (weights * means).sum()
    v = (weights**2 * variances).sum()
    return m, v, 0.5 * (2 * math.pi * math.e * v).log()
