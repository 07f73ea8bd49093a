# Sai: quên nhân trọng số w_k.
def e_step(x, weights, means, variances):
    squares = (x[:, None] - means) ** 2 / variances
    return torch.softmax(-0.5 * variances.log() - 0.5 * squares, dim=1)
