# Sai: khớp mô hình một lần duy nhất cho mọi lần lặp.
def synthetic_mse(mu, sigma, n, m, repeats):
    data = mu + sigma * torch.randn(n)
    real = mu + sigma * torch.randn(repeats, n)
    new = ⟦shrink⟧ * data.mean() + ⟦temperature⟧ * data.std(correction=0) * torch.randn(repeats, m)
    estimates = (real.mean(1), new.mean(1), torch.cat([real, new], 1).mean(1))
    return tuple(float((estimate - mu).square().mean()) for estimate in estimates)
