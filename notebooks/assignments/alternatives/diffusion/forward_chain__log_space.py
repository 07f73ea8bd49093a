# Đúng: cộng log1p trong float64, kết quả numpy.
import numpy as np


def diffuse(x0, k, eps, beta):
    logs = np.concatenate([[0.0], np.cumsum(np.log1p(-beta.double().numpy()))])[k.numpy()]
    logs = logs.reshape((-1,) + (1,) * (x0.ndim - 1))
    return np.exp(logs / 2) * x0.numpy() + np.sqrt(-np.expm1(logs)) * eps.numpy()


def snr(beta):
    logs = np.cumsum(np.log1p(-beta.double().numpy()))
    return 1 / np.expm1(-logs)


def terminal_kl(x0, beta):
    log_left = np.log1p(-beta.double().numpy()).sum()
    left = np.exp(log_left)
    x = x0.double().numpy()
    start = ⟦start⟧
    square = (left * (x**2 - 1) + 1) / start
    return (square - 1 + np.log(start) - np.log1p(-left)).sum(1) / 2
