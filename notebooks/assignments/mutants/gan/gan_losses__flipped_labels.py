# Sai: bộ sinh cũng hạ logit của mẫu giả, cùng phe với bộ phân biệt.
def gan_losses(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    real = ⟦real_label⟧ * softplus(-real_logits) + (1 - ⟦real_label⟧) * softplus(real_logits)
    discriminator = real.mean() + softplus(fake_logits).mean()
    return discriminator, softplus(fake_logits).mean()
