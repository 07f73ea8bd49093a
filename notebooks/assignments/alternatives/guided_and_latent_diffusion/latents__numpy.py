# Đúng: numpy; sai số bằng cách tái tạo thật.
import numpy as np


def pca(x, d):
    x = np.asarray(x, dtype=float)
    mean = x.mean(0)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(x.T, bias=True)))
    return mean, vectors[:, np.argsort(-values)[:d]]


def discarded(x, d):
    mean, basis = pca(x, d)
    away = np.asarray(x, dtype=float) - mean
    return float(np.mean(np.sum((away - away @ basis @ basis.T) ** 2, 1)))


def standard_latents(x, mean, basis):
    z = (np.asarray(x, dtype=float) - np.asarray(mean)) @ np.asarray(basis)
    scale = z.std(0) / ⟦width⟧
    return (z - z.mean(0)) / scale, z.mean(0), scale


def decode(y, shift, scale, mean, basis):
    y, shift, scale, mean, basis = (np.asarray(a) for a in (y, shift, scale, mean, basis))
    return np.einsum("nd,kd->nk", y * scale + shift, basis) + mean
