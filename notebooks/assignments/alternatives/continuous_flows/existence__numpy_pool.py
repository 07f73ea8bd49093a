# Đúng: numpy; gộp khối vi phạm đến khi hết.
import numpy as np


def blow_up_time(c, p, x0):
    if p > 1 and c > 0:
        return 1.0 / (c * (p - 1.0) * float(x0) ** (p - 1.0))
    return np.inf


def solution(x, t):
    x = x.numpy()
    with np.errstate(all="ignore"):
        return np.where(1 > t * x, x / (1 - t * x), np.nan)


def best_increasing_error(x, y):
    y = y - ⟦min_slope⟧ * x
    y = y.numpy().astype(float)[np.argsort(x.numpy())]
    value, weight = list(y), [1] * len(y)
    i = 0
    while i + 1 < len(value):
        if value[i] > value[i + 1]:
            joined = weight[i] + weight[i + 1]
            value[i] = (weight[i] * value[i] + weight[i + 1] * value[i + 1]) / joined
            weight[i] = joined
            del value[i + 1], weight[i + 1]
            i = max(i - 1, 0)
        else:
            i += 1
    return np.mean((np.repeat(value, weight) - y) ** 2)
