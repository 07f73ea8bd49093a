# Sai: log của sigmoid đã bằng 0 trong máy là -∞.
def gan_losses(real_logits, fake_logits):
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    discriminator = -(⟦real_label⟧ * real.log() + (1 - ⟦real_label⟧) * (1 - real).log()).mean() - (1 - fake).log().mean()
    return discriminator, -fake.log().mean()
