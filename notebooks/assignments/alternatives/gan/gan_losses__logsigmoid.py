# Đúng: logsigmoid.
def gan_losses(real_logits, fake_logits):
    f = torch.nn.functional.logsigmoid
    return -(f(real_logits).mean() + f(-fake_logits).mean()), -f(fake_logits).mean()
