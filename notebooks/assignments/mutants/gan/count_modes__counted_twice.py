# Sai: mẫu nằm trong hai vòng tròn được tính hai lần.
def count_modes(samples, centers, std, min_share):
    inside = torch.cdist(samples, centers) <= ⟦radius⟧ * std
    shares = inside.double().mean(0)
    return int((shares >= min_share).sum()), shares, float(inside.any(1).double().mean())
