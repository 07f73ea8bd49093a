# Sai: trộn trung bình và phương sai theo γ thay vì nhân hai mật độ.
def ladder_step(mean_p, var_p, mean_d, var_d):
    full = 1 / (1 / var_p + 1 / var_d)
    mean_q = mean_p + ⟦trust⟧ * (full * (mean_p / var_p + mean_d / var_d) - mean_p)
    var_q = var_p + ⟦trust⟧ * (full - var_p)
    ratio = var_q / var_p
    kl = 0.5 * (ratio + (mean_q - mean_p) ** 2 / var_p - 1 - torch.log(ratio))
    return mean_q, var_q, kl.sum(1)
