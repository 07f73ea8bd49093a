# Sai: ngược dấu, KL âm.
def kl_to_prior(mean, log_var):
    tau = ⟦prior_variance⟧
    squares = (mean.square() + log_var.exp()) / tau
    return 0.5 * (1 + log_var - math.log(tau) - squares).sum(1)
