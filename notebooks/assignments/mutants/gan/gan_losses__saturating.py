# Sai: bộ sinh dùng mất mát bão hòa log(1 - D).
def gan_losses(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    discriminator = softplus(-real_logits).mean() + softplus(fake_logits).mean()
    return discriminator, -softplus(fake_logits).mean()
