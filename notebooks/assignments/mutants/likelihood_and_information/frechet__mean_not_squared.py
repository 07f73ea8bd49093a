# Sai: dùng khoảng cách giữa hai trung bình thay vì bình phương của nó.
def frechet(mean1, cov1, mean2, cov2):
    cov2 = ⟦temperature⟧**2 * cov2
    cross = torch.linalg.eigvals(cov1 @ cov2).real.clamp_min(0).sqrt().sum()
    return (mean1 - mean2).norm() + cov1.trace() + cov2.trace() - 2 * cross
