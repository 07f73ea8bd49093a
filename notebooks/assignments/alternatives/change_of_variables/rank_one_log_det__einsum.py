# Đúng: dùng einsum.
def rank_one_log_det(u, v):
    determinant = 1 + torch.einsum("nd,nd->n", u, v)
    return torch.log(torch.abs(determinant))
