# Sai: giữ đường chéo k(x, x) = 1, ước lượng chệch lên.
def mmd2(x, y, h):
    kxx = torch.exp(-(torch.cdist(x, x) ** 2) / (2 * h**2))
    kyy = torch.exp(-(torch.cdist(y, y) ** 2) / (2 * h**2))
    kxy = torch.exp(-(torch.cdist(x, y) ** 2) / (2 * h**2))
    return kxx.mean() + kyy.mean() - 2 * kxy.mean()
