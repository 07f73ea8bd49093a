# Sai: mẫu nào cũng thuộc tâm gần nhất, dù ở xa tít.
def count_modes(samples, centers, std, min_share):
    mode = torch.cdist(samples, centers).argmin(1)
    shares = torch.bincount(mode, minlength=len(centers)).double() / len(samples)
    return int((shares >= min_share).sum()), shares, float(shares.sum())
