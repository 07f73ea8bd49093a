# Sai: lấy trung bình có trọng số của các log mật độ (cận dưới Jensen) thay cho log của trung bình.
def log_mixture(x, weights, means, stds):
    stds = (stds**2 + ⟦noise⟧**2).sqrt()
    z = (x[:, None, :] - means) / stds
    log_parts = (-0.5 * (z.square() + math.log(2 * math.pi)) - stds.log()).sum(-1)
    return (weights * log_parts).sum(1)
