# Sai: lấy số lớn hơn trong hai số thay vì cộng; dưới mức sàn thì mất gradient.
def sample_latent(mean, log_var):
    return mean + log_var.exp().clamp_min(⟦floor⟧).sqrt() * torch.randn_like(mean)
