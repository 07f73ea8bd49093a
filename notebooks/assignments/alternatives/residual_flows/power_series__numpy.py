# Đúng: numpy, tung từng bước một: mỗi số hạng sống tiếp với xác suất q.
import numpy as np


def series_log_det(A, n):
    M = ⟦series_step⟧ * A.double().numpy()
    return np.sum([(-1) ** (k - 1) / k * np.trace(np.linalg.matrix_power(M, k)) for k in range(1, n + 1)])


def roulette_log_det(A, q, draws):
    rng = np.random.default_rng()
    M = ⟦series_step⟧ * A.double().numpy()
    alive, power, result = np.ones(draws, bool), np.eye(len(M)), np.zeros(draws)
    k, weight = 1, 1.0
    while alive.any():
        power = power @ M
        result[alive] += (-1) ** (k - 1) / k * np.trace(power) * weight
        alive &= rng.random(draws) < q
        k, weight = k + 1, weight / q
    return result
