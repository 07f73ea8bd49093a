# Sai: tỉ lệ tính trên các mẫu tốt thay vì trên mọi mẫu.
def count_modes(samples, centers, std, min_share):
    distance, mode = torch.cdist(samples, centers).min(1)
    near = mode[distance <= ⟦radius⟧ * std]
    shares = torch.bincount(near, minlength=len(centers)).double() / max(len(near), 1)
    return int((shares >= min_share).sum()), shares, len(near) / len(samples)
