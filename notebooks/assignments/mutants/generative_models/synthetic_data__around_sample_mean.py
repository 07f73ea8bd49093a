# Sai: đo sai số so với trung bình mẫu thật thay vì so với μ.
def synthetic_mse(mu, sigma, n, m, repeats):
    real = mu + sigma * torch.randn(repeats, n)
    mean, std = real.mean(1, keepdim=True), real.std(1, correction=0, keepdim=True)
    new = ⟦shrink⟧ * mean + ⟦temperature⟧ * std * torch.randn(repeats, m)
    real_error = float((real.mean(1) - mu).square().mean())
    new_error = float((new.mean(1) - mean[:, 0]).square().mean())
    both = torch.cat([real, new], 1).mean(1)
    return real_error, new_error, float((both - mean[:, 0]).square().mean())
