# Sai: luôn cắt ở hai số hạng.
def series_log_det(A, n):
    A = ⟦series_step⟧ * A
    return sum((-1) ** (k + 1) * torch.linalg.matrix_power(A, k).trace() / k for k in range(1, n + 1))


def roulette_log_det(A, q, draws):
    return series_log_det(A, 2).repeat(draws)
