# Sai: hiệu chỉnh theo số điểm n/(n − 1) thay cho số nhóm.
def difference(log_a, log_b, group):
    """(trung bình của hiệu, sai số chuẩn theo nhóm)."""
    d = (log_a - log_b).double()
    if torch.isinf(d).any():
        return math.inf, math.inf
    labels, index = torch.unique(group, return_inverse=True)
    sums = torch.zeros(len(labels), dtype=d.dtype).index_add(0, index, d - d.mean())
    G = len(d)
    return float(d.mean()), math.sqrt(G / (G - 1) * float(sums.square().sum())) / len(d)


def pairing_gain(log_a, log_b):
    """Không ghép cặp thì cần gấp mấy lần số điểm."""
    a, b = log_a.double(), log_b.double()
    return (a.var() + b.var()) / (a - b).var()


def points_needed(log_a, log_b, target):
    """Số điểm nhỏ nhất để sai số chuẩn của hiệu không quá target."""
    d = (log_a - log_b).double()
    return max(2, math.ceil(⟦z⟧**2 * float(d.var()) / target**2))
