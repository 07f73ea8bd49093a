# Đúng: viết theo hệ số Kalman, chịu được var_d vô cực.
def ladder_step(mean_p, var_p, mean_d, var_d):
    gain = ⟦trust⟧ / (⟦trust⟧ + var_d / var_p)
    mean_q = mean_p + gain * (mean_d - mean_p)
    var_q = (1 - gain) * var_p
    kl = -torch.log1p(-gain) - gain + (mean_q - mean_p).square() / var_p
    return mean_q, var_q, kl.sum(dim=-1) / 2
