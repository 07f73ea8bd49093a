# Đúng: giữ nguyên dtype: trừ từng điểm trước rồi mới trung bình.
def difference(log_a, log_b, group):
    d = log_a - log_b
    if not torch.isfinite(log_b).all():
        return torch.tensor([math.inf, math.inf])
    away = d - d.mean()
    sums = torch.stack([away[group == name].sum() for name in group.unique()])
    G = len(sums)
    return d.mean(), (sums @ sums * G / (G - 1)) ** 0.5 / len(d)


def pairing_gain(log_a, log_b):
    both = torch.stack([log_a, log_b]).double()
    C = torch.cov(both)
    return C.trace() / (C.sum() - 4 * C[0, 1]).clamp_min(0)  # Var(a − b) = C₁₁ + C₂₂ − 2C₁₂


def points_needed(log_a, log_b, target):
    return max(2.0, float(torch.ceil((log_a - log_b).double().var() * (⟦z⟧ / target) ** 2)))
