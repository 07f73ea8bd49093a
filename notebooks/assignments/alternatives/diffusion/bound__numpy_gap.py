# Đúng: khe hở là tổng các KL của chuỗi lùi; numpy.
import numpy as np


def bound_terms(beta, c, variance):
    b = beta.numpy().astype(float)[:, None]
    c2 = c.numpy().astype(float) ** 2
    left = np.cumprod(1 - b, axis=0)
    noise = 1 - left
    error = c2 * noise / (left * c2 + noise)
    tilde = noise[:-1] / noise[1:] * b[1:]
    used = b[1:] if variance == "beta" else tilde
    mean = left[:-1] * (b[1:] / noise[1:]) ** 2 * error[1:] / used
    middle = (mean + tilde / used - 1 - np.log(tilde / used)) / 2
    decoder = ⟦kappa⟧ * b[:1]
    first = (np.log(2 * np.pi * decoder) + error[:1] / decoder) / 2
    last = (left[-1:] * (c2 - 1) - np.log(noise[-1:])) / 2
    return np.concatenate([first, middle, last]).sum(axis=1)


def gap(beta, c, variance):
    b = beta.numpy().astype(float)[:, None]
    c2 = c.numpy().astype(float) ** 2
    left = np.concatenate([np.ones((1, 1)), np.cumprod(1 - b, axis=0)])
    total = left * c2 + 1 - left  # phương sai của x_0, …, x_T
    true = b * total[:-1] / total[1:]  # phương sai lùi thật
    used = b.copy()
    used[0] *= ⟦kappa⟧
    if variance == "posterior":
        used[1:] = b[1:] * (1 - left[1:-1]) / (1 - left[2:])
    ratio = true / used
    top = total[-1] - 1 - np.log(total[-1])
    return ((ratio - 1 - np.log(ratio)).sum() + top.sum()) / 2


def continuum(c, snr0, snr1):
    c2 = c.numpy().astype(float) ** 2
    return np.log((1 + snr1 * c2) / (1 + snr0 * c2)).sum() / 2
