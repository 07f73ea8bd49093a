# Sai: KL lấy trung bình trên các chiều thay vì tổng.
def ladder_step(mean_p, var_p, mean_d, var_d):
    var_d = var_d / ⟦trust⟧
    var_q = 1 / (1 / var_p + 1 / var_d)
    mean_q = var_q * (mean_p / var_p + mean_d / var_d)
    ratio = var_q / var_p
    kl = 0.5 * (ratio + (mean_q - mean_p) ** 2 / var_p - 1 - torch.log(ratio))
    return mean_q, var_q, kl.mean(1)
