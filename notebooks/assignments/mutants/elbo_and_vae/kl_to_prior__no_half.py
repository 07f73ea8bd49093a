# Sai: quên thừa số một nửa.
def kl_to_prior(mean, log_var):
    return (mean.square() + log_var.exp() - 1 - log_var).sum(1)
