# Sai: gộp hai lô rồi mới lấy trung bình, lệch khi hai lô khác cỡ.
def gan_losses(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    real = ⟦real_label⟧ * softplus(-real_logits) + (1 - ⟦real_label⟧) * softplus(real_logits)
    discriminator = 2 * torch.cat([real, softplus(fake_logits)]).mean()
    return discriminator, softplus(-fake_logits).mean()
