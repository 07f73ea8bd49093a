# Sai: lấy mũ rồi mới lấy log, tràn số.
def iwae(x, mean, log_var, log_joint, k):
    noise = torch.randn(k, *mean.shape, dtype=mean.dtype)
    z = mean + torch.exp(0.5 * log_var) * noise
    log_q = -0.5 * (noise.square() + log_var + math.log(2 * math.pi)).sum(-1)
    ratios = (log_joint(x, z) - log_q).exp()
    return (ratios ** ⟦1 - alpha⟧).mean(0).log() / ⟦1 - alpha⟧
