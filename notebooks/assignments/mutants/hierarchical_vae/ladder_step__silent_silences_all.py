# Sai: một phần tử im lặng thì coi như dữ liệu không nói gì ở mọi phần tử.
def ladder_step(mean_p, var_p, mean_d, var_d):
    var_d = var_d / ⟦trust⟧
    if torch.isinf(var_d).any():
        return mean_p, var_p, torch.zeros_like(mean_p).sum(1)
    var_q = 1 / (1 / var_p + 1 / var_d)
    mean_q = var_q * (mean_p / var_p + mean_d / var_d)
    ratio = var_q / var_p
    kl = 0.5 * (ratio + (mean_q - mean_p) ** 2 / var_p - 1 - torch.log(ratio))
    return mean_q, var_q, kl.sum(1)
