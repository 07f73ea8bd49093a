# Sai: mất mát của bộ phân biệt chia đôi.
def gan_losses(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    real = ⟦real_label⟧ * softplus(-real_logits) + (1 - ⟦real_label⟧) * softplus(real_logits)
    discriminator = real.mean() + softplus(fake_logits).mean()
    return 0.5 * discriminator, softplus(-fake_logits).mean()
