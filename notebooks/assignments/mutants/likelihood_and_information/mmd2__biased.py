# Sai: giữ đường chéo k(x, x) = 1, ước lượng chệch lên.
def mmd2(x, y, h):
    alpha = ⟦alpha⟧
    kxx = (1 + torch.cdist(x, x) ** 2 / (2 * alpha * h**2)) ** -alpha
    kyy = (1 + torch.cdist(y, y) ** 2 / (2 * alpha * h**2)) ** -alpha
    kxy = (1 + torch.cdist(x, y) ** 2 / (2 * alpha * h**2)) ** -alpha
    return kxx.mean() + kyy.mean() - 2 * kxy.mean()
