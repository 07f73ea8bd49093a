# Sai: chỉ cần một mẫu là tính mode ấy.
def count_modes(samples, centers, std, min_share):
    distance, mode = torch.cdist(samples, centers).min(1)
    near = mode[distance <= ⟦radius⟧ * std]
    shares = torch.bincount(near, minlength=len(centers)).double() / len(samples)
    return int((shares > 0).sum()), shares, float(shares.sum())
