# Đúng: rsample của torch.
def sample_latent(mean, log_var):
    return torch.distributions.Normal(mean, torch.hypot((log_var / 2).exp(), torch.full_like(mean, math.sqrt(⟦floor⟧)))).rsample()
