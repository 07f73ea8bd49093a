# Đúng: vết của căn là tổng các giá trị kỳ dị của C₂^½ C₁^½.
def frechet(mean1, cov1, mean2, cov2):
    def root(cov):
        u, s, _ = torch.linalg.svd(cov)
        return u @ torch.diag(s.sqrt()) @ u.T

    cross = torch.linalg.matrix_norm(⟦temperature⟧ * root(cov2) @ root(cov1), ord="nuc")
    return ((mean1 - mean2) ** 2).sum() + torch.trace(cov1 + ⟦temperature⟧**2 * cov2) - 2 * cross
