# Sai: chặn dưới bằng 0 nên mất các định thức âm.
def rank_one_log_det(u, v):
    alpha, d = ⟦alpha⟧, u.shape[-1]
    return d * math.log(alpha) + (1 + (u * v).sum(-1) / alpha).clamp_min(1e-12).log()
