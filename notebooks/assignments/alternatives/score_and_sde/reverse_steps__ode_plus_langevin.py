# Đúng: ODE cộng Langevin; đệ quy.
def reverse_step(score, x, s, h, noise, beta_min, beta_max, lam=1.0):
    s = torch.tensor(s, dtype=x.dtype)
    beta = beta_min + s * (beta_max - beta_min)
    slope = score(s, x)
    flow = 0.5 * beta * (x + ⟦nu⟧ * slope)
    step = 0.5 * lam**2 * ⟦nu⟧ * beta * h  # một bước Langevin dài step
    return x + h * flow + step * slope + (2 * step).sqrt() * noise


def sample(score, z, noises, times, beta_min, beta_max, lam=1.0):
    last = len(times) == 2
    noise = 0 * z if last else noises[0]
    h = times[0] - times[1]
    x = reverse_step(score, z, times[0], h, noise, beta_min, beta_max, lam)
    if last:
        return x
    return sample(score, x, noises[1:], times[1:], beta_min, beta_max, lam)
