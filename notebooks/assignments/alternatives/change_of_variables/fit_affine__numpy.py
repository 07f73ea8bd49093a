# Đúng: tính bằng numpy, trả về số của numpy.
import numpy as np


def fit_affine(x):
    values = x.numpy()
    a, b = np.std(values), np.mean(values)
    return a / np.sqrt(⟦fit_variance⟧), b, np.log(a * np.sqrt(2 * np.pi * np.e))
