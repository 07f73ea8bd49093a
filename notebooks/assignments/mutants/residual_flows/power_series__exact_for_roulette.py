# Sai: trả về giá trị đúng, không tung gì cả.
def series_log_det(A, n):
    A = ⟦series_step⟧ * A
    return sum((-1) ** (k + 1) * torch.linalg.matrix_power(A, k).trace() / k for k in range(1, n + 1))


def roulette_log_det(A, q, draws):
    A = ⟦series_step⟧ * A
    return torch.linalg.slogdet(torch.eye(len(A)).to(A) + A).logabsdet.repeat(draws)
