# Đúng: bước âm: Euler–Maruyama với ds = -h.
def reverse_step(score, x, s, h, noise, beta_min, beta_max, lam=1.0):
    ds = -h
    beta = beta_min + s * (beta_max - beta_min)
    pull = ⟦nu⟧ * (1 + lam * lam) * score(s, x)
    mean = x - 0.5 * beta * (x + pull) * ds
    std = lam * (⟦nu⟧ * beta * abs(ds)) ** 0.5
    return torch.add(mean, noise, alpha=float(std))


def sample(score, z, noises, times, beta_min, beta_max, lam=1.0):
    x = z
    pushes = torch.cat([noises[: len(times) - 2], torch.zeros_like(z)[None]])
    for k, push in enumerate(pushes):
        x = reverse_step(score, x, times[k], times[k] - times[k + 1], push, beta_min, beta_max, lam)
    return x
