# Sai: rút α ra ngoài định thức mà chỉ tính một lần thay vì d lần.
def rank_one_log_det(u, v):
    return math.log(⟦alpha⟧) + (1 + (u * v).sum(-1) / ⟦alpha⟧).abs().log()
