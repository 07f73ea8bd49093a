# Đúng: vết qua trị riêng; N từ phân phối hình học; trả về float64.
def term(A, k):
    return (torch.linalg.eigvals(⟦series_step⟧ * A.double()) ** k).sum().real * (1 if k % 2 else -1) / k


def series_log_det(A, n):
    return float(sum(term(A, k) for k in range(1, n + 1)))


def roulette_log_det(A, q, draws):
    last = torch.distributions.Geometric(probs=1 - q).sample((draws,)) + 1
    total, k = torch.zeros(draws, dtype=torch.float64), 1
    while (last >= k).any():
        total += (last >= k) * term(A, k) / q ** (k - 1)
        k += 1
    return total
