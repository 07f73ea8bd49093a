# Đúng: numpy; thời gian bằng Newton.
import numpy as np


def marginal(s, beta_min, beta_max):
    s = np.asarray(s, dtype=float)
    mean_rate = beta_min + 0.5 * s * (beta_max - beta_min)
    return np.exp(-0.5 * s * mean_rate), (-np.expm1(-s * mean_rate)) ** 0.5


def time_of_snr(snr, beta_min, beta_max):
    v = np.log1p(1 / np.asarray(snr, dtype=float))
    s = v / beta_min
    for _ in range(100):
        value = s * beta_min + s**2 * (beta_max - beta_min) / 2 - v
        s = s - value / (beta_min + s * (beta_max - beta_min))
    return s
