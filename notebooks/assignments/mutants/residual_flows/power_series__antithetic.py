# Sai: mỗi số ngẫu nhiên u dùng thêm lần nữa thành 1 - u; không chệch nhưng không độc lập.
def series_log_det(A, n):
    A = ⟦series_step⟧ * A
    total, power = 0.0, torch.eye(len(A), dtype=A.dtype)
    for k in range(1, n + 1):
        power = power @ A
        total = total + (-1) ** (k + 1) * power.trace() / k
    return total


def roulette_log_det(A, q, draws):
    A = ⟦series_step⟧ * A
    u = torch.rand((draws + 1) // 2)
    u = torch.cat([u, 1 - u])[:draws].clamp(1e-7, 1 - 1e-7)
    counts = 1 + (u.log() / math.log(q)).floor().long()
    power, terms = torch.eye(len(A), dtype=A.dtype), []
    for k in range(1, int(counts.max()) + 1):
        power = power @ A
        terms.append((-1) ** (k + 1) * power.trace() / k / q ** (k - 1))
    return torch.stack(terms).cumsum(0)[counts - 1]
