# Sai: quên nhân trọng số của thành phần.
def e_step(x, weights, means, variances):
    squares = (x[:, None] - means) ** 2 / variances
    return torch.softmax(⟦beta⟧ * (-0.5 * variances.log() - 0.5 * squares), dim=1)
