# Đúng: numpy: các bit của 0 … 2^S − 1 là các dấu.
import numpy as np


def sign_flip_p(differences):
    d = np.asarray(differences, dtype=float) - ⟦margin⟧
    S = len(d)
    signs = 1 - 2 * ((np.arange(2**S)[:, None] >> np.arange(S)) & 1)
    sums = np.abs(signs @ d)
    return np.mean(sums > abs(d.sum()) - 1e-9)


def smallest_p(S):
    return math.exp(-(S - 1) * math.log(2))


def holm(p, alpha):
    p = np.asarray(p)
    order = np.argsort(p, kind="stable")
    passed = p[order] <= alpha / np.arange(len(p), 0, -1)
    rejected = np.zeros(len(p), dtype=bool)
    rejected[order] = np.logical_and.accumulate(passed)
    return rejected
