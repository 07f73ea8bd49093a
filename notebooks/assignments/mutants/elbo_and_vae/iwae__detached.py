# Sai: cắt gradient ở z, bộ mã hóa chỉ còn học qua log q.
def iwae(x, mean, log_var, log_joint, k):
    noise = torch.randn(k, *mean.shape, dtype=mean.dtype)
    z = (mean + torch.exp(0.5 * log_var) * noise).detach()
    log_q = -0.5 * ((z - mean) ** 2 / log_var.exp() + log_var + math.log(2 * math.pi)).sum(-1)
    log_w = ⟦1 - alpha⟧ * (log_joint(x, z) - log_q)
    return (torch.logsumexp(log_w, dim=0) - math.log(k)) / ⟦1 - alpha⟧
