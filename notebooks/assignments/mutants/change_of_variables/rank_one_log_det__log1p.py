# Sai: log1p cho NaN khi định thức âm.
def rank_one_log_det(u, v):
    return torch.log1p((u * v).sum(-1))
