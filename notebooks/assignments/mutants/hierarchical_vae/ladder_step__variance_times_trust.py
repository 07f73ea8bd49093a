# Sai: nhân phương sai của dữ liệu với γ, nên lời của dữ liệu càng nặng thêm.
def ladder_step(mean_p, var_p, mean_d, var_d):
    var_d = ⟦trust⟧ * var_d
    var_q = 1 / (1 / var_p + 1 / var_d)
    mean_q = var_q * (mean_p / var_p + mean_d / var_d)
    ratio = var_q / var_p
    kl = 0.5 * (ratio + (mean_q - mean_p) ** 2 / var_p - 1 - torch.log(ratio))
    return mean_q, var_q, kl.sum(1)
