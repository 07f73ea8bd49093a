# Sai: chuẩn hóa theo các điểm thay vì theo các thành phần.
def e_step(x, weights, means, variances):
    squares = (x[:, None] - means) ** 2 / variances
    return torch.softmax(⟦beta⟧ * (weights.log() - 0.5 * variances.log() - 0.5 * squares), dim=0)
