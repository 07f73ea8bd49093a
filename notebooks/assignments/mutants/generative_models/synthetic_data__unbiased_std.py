# Sai: độ lệch chuẩn chia cho n - 1, không phải nghiệm hợp lý cực đại.
def synthetic_mse(mu, sigma, n, m, repeats):
    real = mu + sigma * torch.randn(repeats, n)
    std = ⟦temperature⟧ * real.std(1, keepdim=True)
    new = ⟦shrink⟧ * real.mean(1, keepdim=True) + std * torch.randn(repeats, m)
    estimates = (real.mean(1), new.mean(1), torch.cat([real, new], 1).mean(1))
    return tuple(float((estimate - mu).square().mean()) for estimate in estimates)
