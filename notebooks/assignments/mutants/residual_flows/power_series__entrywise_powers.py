# Sai: lũy thừa từng phần tử thay vì lũy thừa ma trận.
def series_log_det(A, n):
    A = ⟦series_step⟧ * A
    return sum((-1) ** (k + 1) * (A**k).trace() / k for k in range(1, n + 1))


def roulette_log_det(A, q, draws):
    A = ⟦series_step⟧ * A
    counts = 1 + ((1 - torch.rand(draws)).log() / math.log(q)).floor().long()
    terms = [
        (-1) ** (k + 1) * torch.linalg.matrix_power(A, k).trace() / k / q ** (k - 1)
        for k in range(1, int(counts.max()) + 1)
    ]
    return torch.stack(terms).cumsum(0)[counts - 1]
