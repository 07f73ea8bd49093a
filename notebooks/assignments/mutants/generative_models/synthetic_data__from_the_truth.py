# Sai: lấy điểm «sinh» từ phân phối thật, nên tưởng càng nhiều càng chính xác.
def synthetic_mse(mu, sigma, n, m, repeats):
    real = mu + sigma * torch.randn(repeats, n)
    new = ⟦shrink⟧ * mu + ⟦temperature⟧ * sigma * torch.randn(repeats, m)
    estimates = (real.mean(1), new.mean(1), torch.cat([real, new], 1).mean(1))
    return tuple(float((estimate - mu).square().mean()) for estimate in estimates)
