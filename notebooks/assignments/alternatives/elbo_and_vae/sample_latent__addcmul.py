# Đúng: trừ nhiễu cũng được, vì nhiễu đối xứng.
def sample_latent(mean, log_var):
    noise = torch.normal(0.0, 1.0, mean.shape).to(mean.dtype)
    return torch.addcmul(mean, torch.sqrt(torch.exp(log_var) + ⟦floor⟧), noise, value=-1)
