# Đúng: lịch và hệ số là tensor float32; bước cuối trả về trung bình.
def reverse_step(score, x, s, h, noise, beta_min, beta_max, lam=1.0):
    s, h = torch.tensor(float(s)), torch.tensor(float(h))
    beta = (1 - s) * beta_min + s * beta_max
    pull = (1 + lam**2) / 2 * ⟦nu⟧ * beta * score(s.expand(len(x)), x)
    return x - (-0.5 * beta * x - pull) * h + lam * torch.sqrt(⟦nu⟧ * beta) * torch.sqrt(h) * noise


def sample(score, z, noises, times, beta_min, beta_max, lam=1.0):
    clock, x = torch.tensor(times), z
    for k in range(len(clock) - 1):
        s, h = clock[k], clock[k] - clock[k + 1]
        beta = beta_min + s * (beta_max - beta_min)
        mean = x + h * (beta / 2 * x + (1 + lam**2) / 2 * ⟦nu⟧ * beta * score(s, x))
        x = mean + lam * torch.sqrt(⟦nu⟧ * beta * h) * noises[k]
    return mean
