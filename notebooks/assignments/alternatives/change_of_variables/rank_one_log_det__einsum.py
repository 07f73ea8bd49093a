# Đúng: dùng einsum.
def rank_one_log_det(u, v):
    alpha = ⟦alpha⟧
    ratio = 1 + torch.einsum("nd,nd->n", u / alpha, v)
    return torch.log(torch.abs(ratio)) + u.size(1) * math.log(alpha)
