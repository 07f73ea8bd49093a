# Sai: lấy trung bình trên các chiều tiềm ẩn.
def kl_to_prior(mean, log_var):
    tau = ⟦prior_variance⟧
    squares = (mean.square() + log_var.exp()) / tau
    return 0.5 * (squares - 1 - log_var + math.log(tau)).mean(1)
