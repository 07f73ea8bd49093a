# Sai: một số ngẫu nhiên cho mỗi hàng, các chiều dính nhau.
def sample_latent(mean, log_var):
    noise = torch.randn(len(mean), 1, dtype=mean.dtype)
    return mean + (log_var.exp() + ⟦floor⟧).sqrt() * noise
