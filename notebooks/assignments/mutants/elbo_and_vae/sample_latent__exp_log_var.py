# Sai: dùng phương sai làm độ lệch chuẩn.
def sample_latent(mean, log_var):
    return mean + torch.exp(log_var) * torch.randn_like(mean)
