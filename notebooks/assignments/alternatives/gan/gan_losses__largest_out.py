# Đúng: log(1 + e^(-r)) = max(-r, 0) + log(1 + e^(-|r|)): đưa phần lớn ra ngoài log.
def gan_losses(real_logits, fake_logits):
    def minus_log_sigmoid(r):
        return (-r).clamp(min=0) + torch.log1p(torch.exp(-r.abs()))

    real = minus_log_sigmoid(real_logits) + (1 - ⟦real_label⟧) * real_logits
    discriminator = real.mean() + minus_log_sigmoid(-fake_logits).mean()
    return discriminator, minus_log_sigmoid(fake_logits).mean()
