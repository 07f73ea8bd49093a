# Đúng: numpy.
import numpy as np


def denoised(score, x, a, sigma):
    score, x = np.array(score, dtype=float), np.array(x, dtype=float)
    return (x + sigma * sigma * score) / a


def to_velocity(score, x, a, sigma, slope_a, slope_sigma):
    score, x = np.array(score, dtype=float), np.array(x, dtype=float)
    wronskian = a * slope_sigma - slope_a * sigma
    return (sigma * wronskian * score - slope_a * x) / a / ⟦span⟧


def to_score(velocity, x, a, sigma, slope_a, slope_sigma):
    velocity, x = np.array(velocity, dtype=float), np.array(x, dtype=float)
    wronskian = a * slope_sigma - slope_a * sigma
    return (⟦span⟧ * a / wronskian * velocity + slope_a / wronskian * x) / sigma
