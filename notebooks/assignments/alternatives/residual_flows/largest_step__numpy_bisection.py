# Đúng: numpy, tìm đoạn đổi dấu rồi chia đôi.
import numpy as np


def largest_delta(c):
    return np.divide(1.0, max(-c, 0) * ⟦kappa⟧) if c < 0 else np.inf


def preimages(c, delta, y):
    edge = abs(y) + delta * abs(c) + 1
    grid = np.linspace(-edge, edge, 100_002)
    high = grid + delta * c * np.tanh(⟦kappa⟧ * grid) > y
    (where,) = np.nonzero(high[1:] != high[:-1])
    low, up, first = grid[where], grid[where + 1], high[where]
    for _ in range(60):
        middle = (low + up) / 2
        same = (middle + delta * c * np.tanh(⟦kappa⟧ * middle) > y) == first
        low, up = np.where(same, middle, low), np.where(same, up, middle)
    return low


def density(c, delta, y):
    x = preimages(c, delta, y)
    return np.sum(np.exp(-x * x / 2) / np.abs(1 + delta * c * ⟦kappa⟧ * (1 - np.tanh(⟦kappa⟧ * x) ** 2))) / np.sqrt(2 * np.pi)
