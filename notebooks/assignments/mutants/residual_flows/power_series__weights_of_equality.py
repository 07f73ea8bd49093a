# Sai: chia cho P(N = k) thay vì P(N ≥ k).
def series_log_det(A, n):
    A = ⟦series_step⟧ * A
    return sum((-1) ** (k + 1) * torch.linalg.matrix_power(A, k).trace() / k for k in range(1, n + 1))


def roulette_log_det(A, q, draws):
    A = ⟦series_step⟧ * A
    counts = 1 + ((1 - torch.rand(draws)).log() / math.log(q)).floor().long()
    terms = [
        (-1) ** (k + 1) * torch.linalg.matrix_power(A, k).trace() / k / (q ** (k - 1) * (1 - q))
        for k in range(1, int(counts.max()) + 1)
    ]
    return torch.stack(terms).cumsum(0)[counts - 1]
