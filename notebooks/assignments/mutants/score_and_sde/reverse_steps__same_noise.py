# Sai: mọi bước một nhiễu.
def reverse_step(score, x, s, h, noise, beta_min, beta_max, lam=1.0):
    """Một bước từ lúc s về lúc s - h."""
    beta = beta_min + s * (beta_max - beta_min)
    drift = beta / 2 * x + (1 + lam**2) / 2 * ⟦nu⟧ * beta * score(s, x)
    return x + h * drift + lam * math.sqrt(⟦nu⟧ * beta * h) * noise


def sample(score, z, noises, times, beta_min, beta_max, lam=1.0):
    """Vị trí cuối đường, đi từ times[0] về times[-1]."""
    x, last = z, len(times) - 2
    for k in range(last + 1):
        noise = noises[0] if k < last else torch.zeros_like(x)
        h = times[k] - times[k + 1]
        x = reverse_step(score, x, times[k], h, noise, beta_min, beta_max, lam)
    return x
