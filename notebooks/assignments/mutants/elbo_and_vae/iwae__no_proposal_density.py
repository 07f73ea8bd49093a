# Sai: quên chia cho q(z|x).
def iwae(x, mean, log_var, log_joint, k):
    z = mean + torch.exp(0.5 * log_var) * torch.randn(k, *mean.shape, dtype=mean.dtype)
    total = torch.logsumexp(⟦1 - alpha⟧ * log_joint(x, z), dim=0)
    return (total - math.log(k)) / ⟦1 - alpha⟧
