# Sai: lấy căn, trả về độ lệch chứ không phải sai số bình phương.
def synthetic_mse(mu, sigma, n, m, repeats):
    real = mu + sigma * torch.randn(repeats, n)
    mean, std = real.mean(1, keepdim=True), real.std(1, correction=0, keepdim=True)
    new = ⟦shrink⟧ * mean + ⟦temperature⟧ * std * torch.randn(repeats, m)
    estimates = (real.mean(1), new.mean(1), torch.cat([real, new], 1).mean(1))
    return tuple(float((estimate - mu).square().mean().sqrt()) for estimate in estimates)
