# Đúng: phân tích LU và einsum.
def affine_flow(z, A, b):
    x = torch.einsum("ij,nj->ni", A, ⟦temperature⟧ * z) + b
    diagonal = torch.linalg.lu_factor(⟦temperature⟧ * A).LU.diagonal()
    return x, diagonal.abs().log().sum() * torch.ones(z.shape[0], dtype=z.dtype)
