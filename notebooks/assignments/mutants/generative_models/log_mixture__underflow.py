# Sai: lấy log của tổng các mật độ, tràn số khi ở xa.
def log_mixture(x, weights, means, stds):
    stds = (stds**2 + ⟦noise⟧**2).sqrt()
    z = (x[:, None, :] - means) / stds
    parts = torch.exp(-0.5 * z.square()) / (stds * math.sqrt(2 * math.pi))
    return (weights * parts.prod(-1)).sum(1).log()
