# Sai: làm mềm cả nhãn của mẫu giả.
def gan_losses(real_logits, fake_logits):
    softplus, label = torch.nn.functional.softplus, ⟦real_label⟧
    real = label * softplus(-real_logits) + (1 - label) * softplus(real_logits)
    fake = label * softplus(fake_logits) + (1 - label) * softplus(-fake_logits)
    return real.mean() + fake.mean(), softplus(-fake_logits).mean()
