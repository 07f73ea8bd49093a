# Sai: nhân hiệp phương sai với T thay vì T².
def frechet(mean1, cov1, mean2, cov2):
    cov2 = ⟦temperature⟧ * cov2
    cross = torch.linalg.eigvals(cov1 @ cov2).real.clamp_min(0).sqrt().sum()
    return (mean1 - mean2).square().sum() + cov1.trace() + cov2.trace() - 2 * cross
