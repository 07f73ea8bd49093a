# Sai: log1p cho NaN khi định thức âm.
def rank_one_log_det(u, v):
    alpha, d = ⟦alpha⟧, u.shape[-1]
    return d * math.log(alpha) + torch.log1p((u * v).sum(-1) / alpha)
