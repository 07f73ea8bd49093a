# Sai: gộp hai lô rồi mới lấy trung bình, lệch khi hai lô khác cỡ.
def gan_losses(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    discriminator = 2 * softplus(torch.cat([-real_logits, fake_logits])).mean()
    return discriminator, softplus(-fake_logits).mean()
