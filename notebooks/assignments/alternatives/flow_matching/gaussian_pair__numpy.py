# Đúng: numpy; quỹ đạo bằng Runge–Kutta.
import numpy as np


def marginal_velocity(x, t, m, s):
    x = np.asarray(x, dtype=float)
    t = np.asarray(t, dtype=float)
    # Vận tốc = trung bình trôi + (σ′/σ)(x − trung bình), σ² = (1 − t)²r² + t²s².
    variance = ((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2
    return m + 0.5 * (2 * t * s**2 - 2 * (1 - t) * ⟦source_std⟧**2) / variance * (x - t * m)


def trajectory(z, t, m, s):
    x, steps = np.asarray(z, dtype=float), 800
    h = t / steps
    for k in range(steps):
        k1 = marginal_velocity(x, k * h, m, s)
        k2 = marginal_velocity(x + h / 2 * k1, (k + 0.5) * h, m, s)
        k3 = marginal_velocity(x + h / 2 * k2, (k + 0.5) * h, m, s)
        k4 = marginal_velocity(x + h * k3, (k + 1) * h, m, s)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return x


def smallest_loss(m, s):
    return float(⟦source_std⟧ * s * (np.arctan((1 + s**2) / s - 1 / s) + np.arctan(1 / s)))
