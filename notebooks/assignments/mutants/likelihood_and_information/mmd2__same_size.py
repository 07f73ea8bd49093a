# Sai: dùng n cho cả hai mẫu, hỏng khi n khác m.
def mmd2(x, y, h):
    n = len(x)
    kxx = torch.exp(-(torch.cdist(x, x) ** 2) / (2 * h**2))
    kyy = torch.exp(-(torch.cdist(y, y) ** 2) / (2 * h**2))
    kxy = torch.exp(-(torch.cdist(x, y) ** 2) / (2 * h**2))
    within = (kxx.sum() - n + kyy.sum() - n) / (n * (n - 1))
    return within - 2 * kxy.mean()
