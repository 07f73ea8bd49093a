# Đúng: f, g tách riêng; thời gian (n,).
def forward(s, x, beta_min, beta_max):
    beta = (1 - s) * beta_min + s * beta_max
    return -0.5 * beta * x, (⟦nu⟧ * beta) ** 0.5


def reverse_step(score, x, s, h, noise, beta_min, beta_max, lam=1.0):
    f, g = forward(s, x, beta_min, beta_max)
    slope = score(torch.full((len(x),), float(s), dtype=x.dtype), x)
    back = -f + g**2 * slope  # Anderson
    back = back - (1 - lam**2) / 2 * g**2 * slope
    return x + back * h + noise * (g * lam * h**0.5)


def sample(score, z, noises, times, beta_min, beta_max, lam=1.0):
    x = z.clone()
    for k, (now, later) in enumerate(zip(times[:-1], times[1:])):
        noise = noises[k] * (k + 2 < len(times))
        x = reverse_step(score, x, now, now - later, noise, beta_min, beta_max, lam)
    return x
