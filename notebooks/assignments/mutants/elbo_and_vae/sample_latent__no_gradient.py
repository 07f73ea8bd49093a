# Sai: gọi hàm lấy mẫu có sẵn, chỉ trung bình còn gradient.
def sample_latent(mean, log_var):
    noise = torch.normal(torch.zeros_like(mean), torch.exp(0.5 * log_var).detach())
    return mean + noise
