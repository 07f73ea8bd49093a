# Đúng: numpy.
import numpy as np


def variance_parts(losses):
    table = np.asarray(losses, dtype=float)
    S, n = table.shape
    rest = table - table.mean(1, keepdims=True) - table.mean(0, keepdims=True) + table.mean()
    E = (rest**2).sum() / (S - 1) / (n - 1)
    A = table.mean(1).var(ddof=1) - E / n
    B = table.mean(0).var(ddof=1) - E / S
    return np.array([A, B, E])


def standard_error(parts, seeds, points):
    A, B, E = np.maximum(np.asarray(parts, dtype=float), 0)
    return np.sqrt(A / seeds + B * (1 / points - 1 / ⟦bank⟧) + E / seeds / points)


def seeds_needed(parts, points, target):
    A, B, E = np.maximum(np.asarray(parts, dtype=float), 0)
    room = target**2 - B * (1 / points - 1 / ⟦bank⟧)
    if room <= 0:
        return 1 if A == B == E == 0 else np.inf
    return max(1, int(np.ceil((A + E / points) / room)))
