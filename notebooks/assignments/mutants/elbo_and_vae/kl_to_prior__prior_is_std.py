# Sai: coi τ là độ lệch chuẩn của tiên nghiệm.
def kl_to_prior(mean, log_var):
    tau = ⟦prior_variance⟧
    squares = (mean.square() + log_var.exp()) / tau**2
    return 0.5 * (squares - 1 - log_var + 2 * math.log(tau)).sum(1)
