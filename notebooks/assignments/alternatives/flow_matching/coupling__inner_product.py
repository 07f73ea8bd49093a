# Đúng: numpy, khai triển bình phương khoảng cách qua tích vô hướng.
import numpy as np
from scipy.optimize import linear_sum_assignment


def ot_order(x0, x1, block):
    a, b = np.asarray(x0, dtype=float), np.asarray(x1, dtype=float)
    order = np.arange(len(a))
    for start in range(0, len(a), block):
        part = slice(start, start + block)
        square = (a[part] ** 2).sum(1)[:, None] + (b[part] ** 2).sum(1) - 2 * a[part] @ b[part].T
        rows, columns = linear_sum_assignment(np.maximum(square, 0) ** (⟦power⟧ / 2))
        order[start + columns] = start + rows
    return order


def transport_cost(x0, x1, order):
    a, b = np.asarray(x0, dtype=float), np.asarray(x1, dtype=float)
    return np.mean([np.sum((b[i] - a[k]) ** 2) ** (⟦power⟧ / 2) for i, k in enumerate(np.asarray(order))])
