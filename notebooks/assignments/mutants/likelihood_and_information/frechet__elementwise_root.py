# Sai: lấy căn từng phần tử thay vì căn ma trận.
def frechet(mean1, cov1, mean2, cov2):
    cov2 = ⟦temperature⟧**2 * cov2
    cross = (cov1 @ cov2).abs().sqrt().trace()
    return (mean1 - mean2).square().sum() + cov1.trace() + cov2.trace() - 2 * cross
