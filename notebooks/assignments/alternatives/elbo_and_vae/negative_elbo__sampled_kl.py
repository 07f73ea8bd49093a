# Đúng: KL cũng ước lượng bằng chính mẫu z, vẫn không chệch.
def negative_elbo(x, encoder, decoder, log_scale):
    mean, log_var = encoder(x)
    noise = torch.randn_like(mean)
    z = mean + torch.exp(0.5 * log_var) * noise
    log_q = -0.5 * (log_var + ((z - mean) / torch.exp(0.5 * log_var)) ** 2).sum(1)
    log_prior = -0.5 * z.square().sum(1)
    error = (x - decoder(z)).square().sum(1) / (2 * torch.exp(log_scale) ** 2)
    log_likelihood = -error - x.shape[1] * (log_scale + 0.5 * math.log(2 * math.pi))
    return (⟦beta⟧ * (log_q - log_prior) - log_likelihood).mean()
