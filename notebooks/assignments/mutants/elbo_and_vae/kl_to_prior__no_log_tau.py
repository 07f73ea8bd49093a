# Sai: quên log τ, hằng số chuẩn hóa của tiên nghiệm.
def kl_to_prior(mean, log_var):
    tau = ⟦prior_variance⟧
    squares = (mean.square() + log_var.exp()) / tau
    return 0.5 * (squares - 1 - log_var).sum(1).abs()
