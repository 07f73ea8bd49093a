# Sai: dùng nhân Gauss, giới hạn của nhân này khi α ra vô cùng.
def mmd2(x, y, h):
    n, m = len(x), len(y)
    kxx = torch.exp(-(torch.cdist(x, x) ** 2) / (2 * h**2))
    kyy = torch.exp(-(torch.cdist(y, y) ** 2) / (2 * h**2))
    kxy = torch.exp(-(torch.cdist(x, y) ** 2) / (2 * h**2))
    within = (kxx.sum() - n) / (n * (n - 1)) + (kyy.sum() - m) / (m * (m - 1))
    return within - 2 * kxy.mean()
