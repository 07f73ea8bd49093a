# Đúng: numpy; thời gian bằng Newton.
import numpy as np


def marginal(s, beta_min, beta_max):
    s = np.asarray(s, dtype=float)
    mean_rate = beta_min + 0.5 * s * (beta_max - beta_min)
    pull = 2 * ⟦kappa⟧ * s * mean_rate
    return np.exp(-0.5 * pull), (-np.expm1(-pull) / (2 * ⟦kappa⟧)) ** 0.5


def time_of_snr(snr, beta_min, beta_max):
    v = np.log1p(2 * ⟦kappa⟧ / np.asarray(snr, dtype=float)) / (2 * ⟦kappa⟧)
    s = v / beta_min
    for _ in range(100):
        value = s * beta_min + s**2 * (beta_max - beta_min) / 2 - v
        s = s - value / (beta_min + s * (beta_max - beta_min))
    return s
