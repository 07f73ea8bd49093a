# Sai: quên số 1 của ma trận đơn vị.
def rank_one_log_det(u, v):
    return (u * v).sum(-1).abs().log()
