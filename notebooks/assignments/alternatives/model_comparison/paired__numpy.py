# Đúng: numpy, ma trận chỉ nhóm.
import numpy as np


def difference(log_a, log_b, group):
    d = log_a.numpy().astype(float) - log_b.numpy().astype(float)
    if np.isinf(d).any():
        return np.array([np.inf, np.inf])
    names = np.unique(group.numpy())
    member = names[:, None] == group.numpy()[None, :]
    sums = member @ (d - d.mean())
    G, n = member.shape
    return np.array([d.mean(), np.sqrt(G / (G - 1) * sums @ sums) / n])


def pairing_gain(log_a, log_b):
    a, b = log_a.numpy().astype(float), log_b.numpy().astype(float)
    with np.errstate(divide="ignore"):
        return (a.var() + b.var()) / (a - b).var()  # chia n hay n − 1 thì tỉ số vẫn thế


def points_needed(log_a, log_b, target):
    s = np.std(log_a.numpy().astype(float) - log_b.numpy().astype(float), ddof=1)
    return max(2, int(np.ceil((⟦z⟧ * s / target) ** 2)))
