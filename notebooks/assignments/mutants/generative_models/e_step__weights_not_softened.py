# Sai: chỉ làm mềm mật độ, để nguyên trọng số.
def e_step(x, weights, means, variances):
    squares = (x[:, None] - means) ** 2 / variances
    return torch.softmax(weights.log() - ⟦beta⟧ * 0.5 * (variances.log() + squares), dim=1)
