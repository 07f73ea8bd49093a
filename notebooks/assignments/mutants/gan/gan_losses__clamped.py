# Sai: kẹp xác suất cho khỏi vô hạn, nhưng gradient cũng mất đúng lúc cần nhất.
def gan_losses(real_logits, fake_logits):
    real = torch.sigmoid(real_logits).clamp(1e-7, 1 - 1e-7)
    fake = torch.sigmoid(fake_logits).clamp(1e-7, 1 - 1e-7)
    discriminator = -(⟦real_label⟧ * real.log() + (1 - ⟦real_label⟧) * (1 - real).log()).mean() - torch.log1p(-fake).mean()
    return discriminator, -fake.log().mean()
