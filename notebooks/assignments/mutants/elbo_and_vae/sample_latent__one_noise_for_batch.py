# Sai: một vector nhiễu dùng chung cho cả lô.
def sample_latent(mean, log_var):
    noise = torch.randn(mean.shape[1], dtype=mean.dtype)
    return mean + (log_var.exp() + ⟦floor⟧).sqrt() * noise
