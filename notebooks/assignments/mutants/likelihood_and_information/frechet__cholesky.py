# Sai: phân tích Cholesky không chạy được với ma trận suy biến.
def frechet(mean1, cov1, mean2, cov2):
    cov2 = ⟦temperature⟧**2 * cov2
    L = torch.linalg.cholesky(cov1)
    cross = torch.linalg.eigvalsh(L.T @ cov2 @ L).clamp_min(0).sqrt().sum()
    return (mean1 - mean2).square().sum() + cov1.trace() + cov2.trace() - 2 * cross
