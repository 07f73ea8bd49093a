# Đúng: logsigmoid.
def gan_losses(real_logits, fake_logits):
    f, label = torch.nn.functional.logsigmoid, torch.tensor(⟦real_label⟧)
    real = label * f(real_logits) + (1 - label) * f(-real_logits)
    return -(real.mean() + f(-fake_logits).mean()), -f(fake_logits).mean()
