# Đúng: numpy và số học trên nhãn.
import numpy as np


def drop_labels(labels, p, null):
    values = np.array(labels)
    coins = (np.random.default_rng().random(len(values)) >= 1 - p).astype(values.dtype)
    coins = coins.reshape(len(values), *[1] * (values.ndim - 1))
    return values + coins * (np.array(null) - values)


def null_mixture(priors, rates):
    blank = ⟦blank⟧
    joint = np.array(priors) * (1 - (1 - blank) * (1 - np.array(rates)))
    return joint / np.sum(joint)
