# Đúng: với mỗi thành phần, cộng các tỉ số mật độ rồi nghịch đảo.
def e_step(x, weights, means, variances):
    logs = weights.log() - variances.log() / 2 - (x[:, None] - means).square() / (2 * variances)
    ratios = logs[:, None, :] - logs[:, :, None]
    return 1 / (⟦beta⟧ * ratios).exp().sum(-1)
