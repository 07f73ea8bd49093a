# Sai: so bình phương khoảng cách với bán kính.
def count_modes(samples, centers, std, min_share):
    squares, mode = (samples[:, None] - centers).square().sum(-1).min(1)
    near = mode[squares <= ⟦radius⟧ * std]
    shares = torch.bincount(near, minlength=len(centers)).double() / len(samples)
    return int((shares >= min_share).sum()), shares, float(shares.sum())
