# Sai: bộ sinh cũng hạ logit của mẫu giả, cùng phe với bộ phân biệt.
def gan_losses(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    discriminator = softplus(-real_logits).mean() + softplus(fake_logits).mean()
    return discriminator, softplus(fake_logits).mean()
