# Sai: chỉ trừ log độ lệch chuẩn của tọa độ đầu, quên các tọa độ còn lại.
def log_mixture(x, weights, means, stds):
    stds = (stds**2 + ⟦noise⟧**2).sqrt()
    z = (x[:, None, :] - means) / stds
    log_parts = -0.5 * (z.square() + math.log(2 * math.pi)).sum(-1) - stds[:, 0].log()
    return torch.logsumexp(weights.log() + log_parts, dim=1)
