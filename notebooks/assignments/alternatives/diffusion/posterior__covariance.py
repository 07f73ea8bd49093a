# Đúng: hồi quy Gauss trên ma trận hiệp phương sai, numpy.
import numpy as np


def walk(beta, k, c):
    """Ma trận của x_0, x_{k−1}, x_k theo (x_0, ε gộp, ε_k)."""
    beta = beta.double().numpy()
    left = np.prod(1 - beta[: k - 1])
    row = np.array([np.sqrt(left), np.sqrt(1 - left), 0.0])
    after = np.sqrt(1 - beta[k - 1]) * row + np.array([0, 0, np.sqrt(beta[k - 1])])
    return row, after, np.array([c**2, ⟦rho⟧, ⟦rho⟧])


def posterior(x0, xk, k, beta):
    row, after, _ = walk(beta, k, 0.0)
    power = np.array([0.0, ⟦rho⟧, ⟦rho⟧])
    gain = (row * power) @ after / ((after * power) @ after)
    variance = (row * power) @ row - gain * ((row * power) @ after)
    x0, xk = x0.numpy(), xk.numpy()
    return row[0] * x0 + gain * (xk - after[0] * x0), variance


def reverse_law(xk, k, beta, m, c):
    row, after, power = walk(beta, k, c)
    gain = (row * power) @ after / ((after * power) @ after)
    variance = (row * power) @ (row - gain * after)
    return row[0] * m + gain * (xk.numpy() - after[0] * m), variance
