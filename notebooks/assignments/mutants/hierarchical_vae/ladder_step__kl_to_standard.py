# Sai: KL tới N(0, 1) thay vì tới tiên nghiệm của tầng.
def ladder_step(mean_p, var_p, mean_d, var_d):
    var_d = var_d / ⟦trust⟧
    var_q = 1 / (1 / var_p + 1 / var_d)
    mean_q = var_q * (mean_p / var_p + mean_d / var_d)
    return mean_q, var_q, 0.5 * (var_q + mean_q**2 - 1 - torch.log(var_q)).sum(1)
