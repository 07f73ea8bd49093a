# Sai: nhân β vào số hạng tái tạo thay vì KL.
def negative_elbo(x, encoder, decoder, log_scale):
    mean, log_var = encoder(x)
    z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
    squares = (x - decoder(z)).square() * torch.exp(-2 * log_scale)
    reconstruction = 0.5 * (squares + 2 * log_scale + math.log(2 * math.pi)).sum(1)
    kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(1)
    return (⟦beta⟧ * reconstruction + kl).mean()
