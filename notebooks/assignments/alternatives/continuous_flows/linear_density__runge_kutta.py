# Đúng: giải lùi từng hàng bằng Runge–Kutta, kết quả numpy.
import numpy as np


def linear_log_prob(x, B):
    B = B.double().numpy()
    z, h = x.double().numpy().T.copy(), -1 / 400
    for _ in range(400):
        k1 = B @ z
        k2 = B @ (z + h / 2 * k1)
        k3 = B @ (z + h / 2 * k2)
        k4 = B @ (z + h * k3)
        z = z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return -(z**2).sum(0) / 2 / ⟦variance⟧ - len(B) / 2 * np.log(2 * np.pi * ⟦variance⟧) - np.trace(B)


def two_rates(x, t, b):
    return np.array([-b, b * (x**2 * np.exp(-2.0 * b * t) / ⟦variance⟧ - 1)])
