# Sai: gọi hàm lấy mẫu có sẵn, chỉ trung bình còn gradient.
def sample_latent(mean, log_var):
    noise = torch.normal(torch.zeros_like(mean), (log_var.exp() + ⟦floor⟧).sqrt().detach())
    return mean + noise
