# Sai: mất mát của bộ phân biệt chia đôi.
def gan_losses(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    discriminator = softplus(-real_logits).mean() + softplus(fake_logits).mean()
    return 0.5 * discriminator, softplus(-fake_logits).mean()
