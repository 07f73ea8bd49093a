# Sai: dùng n cho cả hai mẫu, hỏng khi n khác m.
def mmd2(x, y, h):
    alpha = ⟦alpha⟧
    n = len(x)
    kxx = (1 + torch.cdist(x, x) ** 2 / (2 * alpha * h**2)) ** -alpha
    kyy = (1 + torch.cdist(y, y) ** 2 / (2 * alpha * h**2)) ** -alpha
    kxy = (1 + torch.cdist(x, y) ** 2 / (2 * alpha * h**2)) ** -alpha
    within = (kxx.sum() - n + kyy.sum() - n) / (n * (n - 1))
    return within - 2 * kxy.mean()
