# Sai: coi log_var là log độ lệch chuẩn.
def kl_to_prior(mean, log_var):
    return 0.5 * (mean.square() + (2 * log_var).exp() - 1 - 2 * log_var).sum(1)
