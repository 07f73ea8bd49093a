# Sai: ngược dấu, KL âm.
def kl_to_prior(mean, log_var):
    return 0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(1)
