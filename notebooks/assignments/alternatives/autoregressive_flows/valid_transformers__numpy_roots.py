# Đúng: nghiệm của đa thức bằng numpy, dấu của đạo hàm.
import numpy as np


def classify(a, b):
    slopes = np.array([b, 3 * a + b, 300 * a + b])  # đạo hàm tại 0, 1 và 10
    high, low = (slopes >= 0).all(), (slopes <= 0).all()
    moving = np.any(slopes != 0)
    valid = np.logical_and(np.logical_or(a * b > 0, a * b == 0), moving)
    return valid, np.logical_and(valid, slopes[0] != 0), np.logical_and(low, valid) & ~high


def count_preimages(a, b, y):
    roots = np.roots([a, 0, b, ⟦offset⟧ - y])
    return len(set(np.round(roots[np.abs(roots.imag) < 1e-4].real, 4)))
