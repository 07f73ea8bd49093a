# Sai: cả k mẫu dùng chung một nhiễu.
def iwae(x, mean, log_var, log_joint, k):
    noise = torch.randn(1, *mean.shape, dtype=mean.dtype).expand(k, *mean.shape)
    z = mean + torch.exp(0.5 * log_var) * noise
    log_q = -0.5 * (noise.square() + log_var + math.log(2 * math.pi)).sum(-1)
    log_w = ⟦1 - alpha⟧ * (log_joint(x, z) - log_q)
    return (torch.logsumexp(log_w, dim=0) - math.log(k)) / ⟦1 - alpha⟧
