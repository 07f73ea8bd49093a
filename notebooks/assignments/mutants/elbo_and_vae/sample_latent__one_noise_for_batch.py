# Sai: một vector nhiễu dùng chung cho cả lô.
def sample_latent(mean, log_var):
    noise = torch.randn(mean.shape[1], dtype=mean.dtype)
    return mean + torch.exp(0.5 * log_var) * noise
