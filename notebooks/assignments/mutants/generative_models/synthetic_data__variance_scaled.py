# Sai: nhân phương sai của mô hình với nhiệt độ, thay vì độ lệch chuẩn.
def synthetic_mse(mu, sigma, n, m, repeats):
    real = mu + sigma * torch.randn(repeats, n)
    mean, variance = real.mean(1, keepdim=True), real.var(1, correction=0, keepdim=True)
    new = ⟦shrink⟧ * mean + (⟦temperature⟧ * variance).sqrt() * torch.randn(repeats, m)
    estimates = (real.mean(1), new.mean(1), torch.cat([real, new], 1).mean(1))
    return tuple(float((estimate - mu).square().mean()) for estimate in estimates)
