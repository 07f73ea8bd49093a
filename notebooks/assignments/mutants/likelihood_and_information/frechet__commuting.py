# Sai: nhân hai căn bậc hai, chỉ đúng khi hai ma trận giao hoán.
def frechet(mean1, cov1, mean2, cov2):
    cov2 = ⟦temperature⟧**2 * cov2
    roots = []
    for cov in (cov1, cov2):
        values, vectors = torch.linalg.eigh(cov)
        roots.append((vectors * values.clamp_min(0).sqrt()) @ vectors.T)
    cross = (roots[0] @ roots[1]).trace()
    return (mean1 - mean2).square().sum() + cov1.trace() + cov2.trace() - 2 * cross
