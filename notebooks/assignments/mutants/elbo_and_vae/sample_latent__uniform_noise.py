# Sai: nhiễu đều trên [-√3, √3]: đúng phương sai nhưng không phải Gauss.
def sample_latent(mean, log_var):
    noise = math.sqrt(3) * (2 * torch.rand_like(mean) - 1)
    return mean + (log_var.exp() + ⟦floor⟧).sqrt() * noise
