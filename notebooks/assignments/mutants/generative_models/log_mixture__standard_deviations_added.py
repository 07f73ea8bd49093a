# Sai: cộng độ lệch chuẩn của nhiễu thay vì cộng phương sai.
def log_mixture(x, weights, means, stds):
    stds = stds + ⟦noise⟧
    z = (x[:, None, :] - means) / stds
    log_parts = (-0.5 * (z.square() + math.log(2 * math.pi)) - stds.log()).sum(-1)
    return torch.logsumexp(weights.log() + log_parts, dim=1)
