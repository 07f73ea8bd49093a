# Sai: trung bình trên điểm ảnh nhưng tổng trên biến tiềm ẩn, tức lặng lẽ nhân KL với D.
def negative_elbo(x, encoder, decoder, log_scale):
    mean, log_var = encoder(x)
    z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
    squares = (x - decoder(z)).square() * torch.exp(-2 * log_scale)
    reconstruction = 0.5 * (squares + 2 * log_scale + math.log(2 * math.pi)).mean(1)
    kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(1)
    return (reconstruction + ⟦beta⟧ * kl).mean()
