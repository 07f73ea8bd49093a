# Sai: quên số 1 của ma trận đơn vị.
def rank_one_log_det(u, v):
    alpha, d = ⟦alpha⟧, u.shape[-1]
    return d * math.log(alpha) + ((u * v).sum(-1) / alpha).abs().log()
