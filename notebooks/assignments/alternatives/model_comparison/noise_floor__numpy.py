# Đúng: numpy, chỉ số kép np.ix_, đường chéo đặt bằng 0 trên bản chép.
import numpy as np


def mmd2(K, m):
    K = np.array(K, dtype=float)
    K = K * (1 + ⟦rho⟧ * K)
    n = len(K) - m
    cross = K[:m, m:].sum() / (m * n)
    np.fill_diagonal(K, 0)
    return K[:m, :m].sum() / m / (m - 1) + K[m:, m:].sum() / n / (n - 1) - 2 * cross


def shuffled(K, m, orders):
    K = np.asarray(K, dtype=float)
    return np.array([mmd2(K[np.ix_(o, o)], m) for o in np.asarray(orders)])


def p_value(observed, null):
    return (np.count_nonzero(np.asarray(null) >= float(observed)) + 1) / (len(null) + 1)
