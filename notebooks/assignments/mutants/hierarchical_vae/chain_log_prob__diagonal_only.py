# Sai: chỉ giữ đường chéo của hiệp phương sai.
def chain_log_prob(x, weights, variances):
    var = ⟦temperature⟧ ** 2 * torch.ones(weights[-1].shape[1], dtype=x.dtype)
    for weight, variance in zip(reversed(weights), reversed(variances)):
        var = weight.square() @ var + variance
    return -0.5 * ((2 * math.pi * var).log() + x.square() / var).sum(1)
