# Sai: lấy trung bình có trọng số của hai phương sai, quên khoảng cách tới tâm các điểm hỏng.
def project_to_gaussian(weights, means, variances):
    clean = (weights * means).sum()
    spread = (weights * (variances + (means - clean) ** 2)).sum()
    m = (1 - ⟦share⟧) * clean + ⟦share⟧ * ⟦place⟧
    v = (1 - ⟦share⟧) * spread + ⟦share⟧ * ⟦broad⟧
    return m, v, 0.5 * (2 * math.pi * math.e * v).log()
