# Đúng: numpy: NaN không thắng, không thua.
import numpy as np


def bits_per_dim(value, unit, D, L):
    if unit == "bits":
        return np.float64(value)
    cell = {"nats": 1, "unit": 1 / L, "centred": 2 * ⟦half⟧ / L}[unit]  # bề rộng của một ô
    return np.float64(value) / (D * np.log(2)) - np.log2(cell)


def ends(row, D, L):
    bits = bits_per_dim(row[0], row[1], D, L)
    high = bits if row[2] in {"exact", "upper"} else np.nan
    low = bits if row[2] in {"exact", "lower"} and row[1] in {"nats", "bits"} else np.nan
    return low, high


def surely_better(first, second, D, L):
    return ends(first, D, L)[1] < ends(second, D, L)[0]


def can_be_best(rows, D, L):
    lows, highs = np.array([ends(row, D, L) for row in rows]).T
    return ~(highs[None, :] < lows[:, None]).any(1)
