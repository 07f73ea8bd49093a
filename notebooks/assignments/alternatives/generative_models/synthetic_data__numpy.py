# Đúng: dùng numpy, trả về tensor.
import numpy as np


def synthetic_mse(mu, sigma, n, m, repeats):
    rng = np.random.default_rng(7)
    real = rng.normal(mu, sigma, (repeats, n))
    new = rng.normal(⟦shrink⟧ * real.mean(1)[:, None], ⟦temperature⟧ * real.std(1)[:, None], (repeats, m))
    both = (n * real.mean(1) + m * new.mean(1)) / (n + m)
    return torch.tensor([np.mean((v - mu) ** 2) for v in (real.mean(1), new.mean(1), both)])
