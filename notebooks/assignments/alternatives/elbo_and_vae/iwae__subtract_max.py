# Đúng: trừ giá trị lớn nhất rồi mới lấy mũ.
def iwae(x, mean, log_var, log_joint, k):
    std = log_var.exp().sqrt()
    z = mean + std * torch.randn((k, *mean.shape), dtype=mean.dtype)
    log_q = (-0.5 * ((z - mean) / std) ** 2 - std.log() - 0.5 * math.log(2 * math.pi)).sum(2)
    log_w = log_joint(x, z) - log_q
    top = log_w.max(0).values
    power = 1 - ⟦alpha⟧
    return top + torch.log(torch.mean(torch.exp(log_w - top) ** power, dim=0)) / power
