# Sai: quên thừa số một nửa.
def kl_to_prior(mean, log_var):
    tau = ⟦prior_variance⟧
    squares = (mean.square() + log_var.exp()) / tau
    return (squares - 1 - log_var + math.log(tau)).sum(1)
