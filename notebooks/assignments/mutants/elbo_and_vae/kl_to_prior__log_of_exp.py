# Sai: đổi sang σ² rồi lấy log trở lại, mất hết khi σ² quá nhỏ.
def kl_to_prior(mean, log_var):
    tau = ⟦prior_variance⟧
    var = log_var.exp() / tau
    return 0.5 * (mean.square() / tau + var - 1 - var.log()).sum(1)
