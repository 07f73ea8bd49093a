# Sai: một số ngẫu nhiên cho mỗi hàng, các chiều dính nhau.
def sample_latent(mean, log_var):
    noise = torch.randn(len(mean), 1, dtype=mean.dtype)
    return mean + torch.exp(0.5 * log_var) * noise
