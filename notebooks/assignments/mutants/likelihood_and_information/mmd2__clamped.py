# Sai: chặn dưới bằng 0, mất tính không chệch.
def mmd2(x, y, h):
    alpha = ⟦alpha⟧
    n, m = len(x), len(y)
    kxx = (1 + torch.cdist(x, x) ** 2 / (2 * alpha * h**2)) ** -alpha
    kyy = (1 + torch.cdist(y, y) ** 2 / (2 * alpha * h**2)) ** -alpha
    kxy = (1 + torch.cdist(x, y) ** 2 / (2 * alpha * h**2)) ** -alpha
    within = (kxx.sum() - n) / (n * (n - 1)) + (kyy.sum() - m) / (m * (m - 1))
    return (within - 2 * kxy.mean()).clamp_min(0)
