# Đúng: góc φ với a = cos φ, σ = sin φ; numpy cho thừa số.
import numpy as np


def ddim_step(x, eps, k, j, alpha_bar, eta, xi):
    here, there = (math.acos(math.sqrt(min(float(alpha_bar[i]), 1.0))) for i in (k, j))
    clean = (x - math.sin(here) * eps) / math.cos(here)
    long = 1 - (math.cos(here) / math.cos(there)) ** 2
    s = eta * math.sin(there) / math.sin(here) * math.sqrt(long)
    keep = math.sqrt(max(math.sin(there) ** 2 - s**2, 0.0))
    return math.cos(there) * clean + keep * eps + s * xi


def ddim_sample(net, x, stops, alpha_bar):
    if len(stops) == 1:
        return x
    k, j = stops[:2]
    clock = torch.full((x.shape[0],), ⟦clock⟧ * k / (len(alpha_bar) - 1), dtype=x.dtype)
    return ddim_sample(net, ddim_step(x, net(clock, x), k, j, alpha_bar, 0, 0), stops[1:], alpha_bar)


def gaussian_factor(c, stops, alpha_bar):
    level = alpha_bar.double().numpy()[stops]
    power = level * c**2 + 1 - level
    a, sigma = np.sqrt(level), np.sqrt(1 - level)
    steps = (a[1:] * a[:-1] * c**2 + sigma[1:] * sigma[:-1]) / power[:-1]
    return np.array([steps.prod(), np.sqrt(power[-1] / power[0])])
