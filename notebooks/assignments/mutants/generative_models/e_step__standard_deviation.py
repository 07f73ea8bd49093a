# Sai: coi phương sai là độ lệch chuẩn.
def e_step(x, weights, means, variances):
    z = (x[:, None] - means) / variances
    return torch.softmax(⟦beta⟧ * (weights.log() - variances.log() - 0.5 * z**2), dim=1)
