# Đúng: entropy chéo nhị phân từ logit với nhãn α và 0.
def gan_losses(real_logits, fake_logits):
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    real = bce(real_logits, torch.full_like(real_logits, ⟦real_label⟧))
    fake = bce(fake_logits, torch.zeros_like(fake_logits))
    return real + fake, bce(fake_logits, torch.ones_like(fake_logits))
