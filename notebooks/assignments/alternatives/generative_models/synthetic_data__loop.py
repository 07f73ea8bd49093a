# Đúng: vòng lặp Python, mỗi lần một thí nghiệm.
def synthetic_mse(mu, sigma, n, m, repeats):
    totals = [0.0, 0.0, 0.0]
    for _ in range(repeats):
        real = torch.normal(mu, sigma, (n,))
        centre = real.mean()
        spread = ⟦temperature⟧ * ((real - centre) ** 2).mean().sqrt()
        new = ⟦shrink⟧ * centre + spread * torch.randn(m)
        for place, sample in enumerate((real, new, torch.cat([real, new]))):
            totals[place] += float(sample.mean() - mu) ** 2
    return [total / repeats for total in totals]
