# Đúng: đệ quy theo mốc, thời gian (n,), kết quả numpy.
import numpy as np


def euler(field, x, times):
    if len(times) < 2:
        return x.numpy()
    when = torch.full((len(x),), times[0], dtype=x.dtype)
    return euler(field, x + (times[1] - times[0]) * field(when, x), times[1:])


def rk4(field, x, times):
    if len(times) == 1:
        return x.numpy().copy()
    start, end = times[:2]
    middle, h = (start + end) / 2, end - start
    slopes = [field(torch.full((len(x),), start, dtype=x.dtype), x)]
    for part in (0.5, 0.5, 1.0):
        when = torch.full((len(x),), end if part == 1 else middle, dtype=x.dtype)
        slopes.append(field(when, x + part * h * slopes[-1]))
    total = sum(w * k for w, k in zip((1, 2, 2, 1), slopes))
    return rk4(field, x + h * total / 6, times[1:])


def convergence(K1, e1, K2, e2, target):
    e1, e2, target = (e - ⟦floor⟧e-6 for e in (e1, e2, target))
    slope, level = np.polyfit(np.log([K1, K2]), np.log([e1, e2]), 1)
    return -slope, int(np.ceil(np.exp((level - np.log(target)) / -slope)))
