# Đúng: numpy, từng bước của hệ mở rộng.
import numpy as np


def reported_log_prob(x, B, K):
    B = ⟦coarse_end⟧ * B
    z, B = x.double().numpy().copy(), B.double().numpy()
    change = np.zeros(len(z))
    for _ in range(K):
        z, change = z + (-1 / K) * z.dot(B.T), change + (-1 / K) * np.trace(B)
    return -0.5 * (z**2 + np.log(2 * np.pi)).sum(1) + change


def reported_mass(B, K):
    B = ⟦coarse_end⟧ * B
    B = B.double().numpy()
    M = np.eye(len(B))
    for _ in range(K):
        M = M - B @ M / K
    return np.exp(-np.trace(B)) / abs(np.linalg.det(M))


def round_trip(x, B, K):
    B = ⟦coarse_end⟧ * B
    z, B = x.double().numpy(), B.double().numpy()
    for h in [1 / K] * K + [-1 / K] * K:
        z = z + h * (z @ B.T)
    return z
