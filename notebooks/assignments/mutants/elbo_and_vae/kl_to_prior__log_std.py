# Sai: coi log_var là log độ lệch chuẩn.
def kl_to_prior(mean, log_var):
    tau = ⟦prior_variance⟧
    squares = (mean.square() + (2 * log_var).exp()) / tau
    return 0.5 * (squares - 1 - 2 * log_var + math.log(tau)).sum(1)
