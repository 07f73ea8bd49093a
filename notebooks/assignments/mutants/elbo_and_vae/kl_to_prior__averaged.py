# Sai: lấy trung bình trên các chiều tiềm ẩn.
def kl_to_prior(mean, log_var):
    return 0.5 * (mean.square() + log_var.exp() - 1 - log_var).mean(1)
