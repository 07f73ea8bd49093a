# Sai: cộng mức sàn vào độ lệch chuẩn, không phải vào phương sai.
def sample_latent(mean, log_var):
    return mean + (torch.exp(0.5 * log_var) + math.sqrt(⟦floor⟧)) * torch.randn_like(mean)
