# Sai: cộng một số nhỏ để tránh log 0, che mất mọi điểm ở xa.
def log_mixture(x, weights, means, stds):
    stds = (stds**2 + ⟦noise⟧**2).sqrt()
    z = (x[:, None, :] - means) / stds
    log_parts = (-0.5 * (z.square() + math.log(2 * math.pi)) - stds.log()).sum(-1)
    return torch.log((weights * log_parts.exp()).sum(1) + 1e-30)
