# Sai: vô cực chia vô cực cho NaN khi dữ liệu không nói gì.
def ladder_step(mean_p, var_p, mean_d, var_d):
    var_d = var_d / ⟦trust⟧
    total = var_p + var_d
    mean_q, var_q = (var_d * mean_p + var_p * mean_d) / total, var_p * var_d / total
    ratio = var_q / var_p
    kl = 0.5 * (ratio + (mean_q - mean_p) ** 2 / var_p - 1 - torch.log(ratio))
    return mean_q, var_q, kl.sum(1)
