# Đúng: trị riêng của tích, thêm phần làm tròn.
def frechet(mean1, cov1, mean2, cov2):
    cov2 = ⟦temperature⟧**2 * cov2
    values = torch.linalg.eigvals(cov1 @ cov2)
    cross = values.real.clamp(min=0).sqrt().sum()
    return float((mean1 - mean2) @ (mean1 - mean2) + (cov1 + cov2).trace() - 2 * cross)
