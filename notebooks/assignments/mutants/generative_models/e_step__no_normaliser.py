# Sai: bỏ thừa số 1/σ_k của mật độ, tưởng nó triệt tiêu ở tử và mẫu.
def e_step(x, weights, means, variances):
    squares = (x[:, None] - means) ** 2 / variances
    return torch.softmax(⟦beta⟧ * (weights.log() - 0.5 * squares), dim=1)
