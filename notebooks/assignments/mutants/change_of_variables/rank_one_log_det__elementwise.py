# Sai: cộng log của từng phần tử đường chéo.
def rank_one_log_det(u, v):
    return (⟦alpha⟧ + u * v).abs().log().sum(-1)
