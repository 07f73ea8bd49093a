# Đúng: rsample của torch.
def sample_latent(mean, log_var):
    return torch.distributions.Normal(mean, log_var.exp().sqrt()).rsample()
