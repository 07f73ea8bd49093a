# Sai: chỉ nhân α vào số hạng của mẫu thật, bỏ phần 1 - α.
def gan_losses(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    real = ⟦real_label⟧ * softplus(-real_logits).mean()
    return real + softplus(fake_logits).mean(), softplus(-fake_logits).mean()
