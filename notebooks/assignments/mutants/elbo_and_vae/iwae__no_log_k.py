# Sai: cộng các trọng số mà quên chia cho k.
def iwae(x, mean, log_var, log_joint, k):
    noise = torch.randn(k, *mean.shape, dtype=mean.dtype)
    z = mean + torch.exp(0.5 * log_var) * noise
    log_q = -0.5 * (noise.square() + log_var + math.log(2 * math.pi)).sum(-1)
    return torch.logsumexp(⟦1 - alpha⟧ * (log_joint(x, z) - log_q), dim=0) / ⟦1 - alpha⟧
