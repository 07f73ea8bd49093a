# Sai: dùng phương sai làm độ lệch chuẩn.
def sample_latent(mean, log_var):
    return mean + (log_var.exp() + ⟦floor⟧) * torch.randn_like(mean)
