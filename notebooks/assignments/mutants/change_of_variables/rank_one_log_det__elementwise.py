# Sai: cộng log của từng phần tử đường chéo.
def rank_one_log_det(u, v):
    return (1 + u * v).abs().log().sum(-1)
