# Đúng: giải hệ hai phương trình của từng điểm, numpy.
import numpy as np


def convert(kind, prediction, x, a, sigma):
    out = np.zeros((3, *x.shape))
    for i in range(len(x)):
        p, r = float(a[i]), float(sigma[i])
        second = {"eps": [0, 1], "x0": [1, 0], "v": [-r, p]}[kind]
        both = np.stack([x[i].double().numpy().ravel(), prediction[i].double().numpy().ravel()])
        pair = np.linalg.solve(np.array([[p, r], second]), both)
        for slot, value in enumerate((pair[0], pair[1], p * pair[1] - r * pair[0])):
            out[slot, i] = value.reshape(x[i].shape)
    return out


def error_weight(kind, a, sigma):
    if kind == "x0":
        return np.float64(1.0)
    ratio = a / sigma
    return np.minimum(ratio**2 if kind == "eps" else 1 / sigma**2, ⟦gamma⟧)


def smallest_loss(kind, a, sigma, c):
    covariance = np.diag([float(c) ** 2, 1.0])
    seen, goal = np.array([a, sigma]), {"eps": [0, 1], "x0": [1, 0], "v": [-sigma, a]}[kind]
    goal = np.array(goal, dtype=float)
    gain = goal @ covariance @ seen / (seen @ covariance @ seen)
    rest = goal - gain * seen
    return rest @ covariance @ rest
