# Sai: chặn dưới bằng 0 nên mất các định thức âm.
def rank_one_log_det(u, v):
    return (1 + (u * v).sum(-1)).clamp_min(1e-12).log()
