# Sai: kê trọng số 0 thành một số nhỏ; thành phần đã tắt vẫn góp phần ở ngay tâm của nó.
def log_mixture(x, weights, means, stds):
    stds = (stds**2 + ⟦noise⟧**2).sqrt()
    z = (x[:, None, :] - means) / stds
    log_parts = (-0.5 * (z.square() + math.log(2 * math.pi)) - stds.log()).sum(-1)
    return torch.logsumexp(weights.clamp_min(1e-30).log() + log_parts, dim=1)
