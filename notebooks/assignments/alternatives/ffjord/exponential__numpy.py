# Đúng: numpy, chỉ một nửa số vector dấu vì v và −v cho cùng giá trị.
import itertools

import numpy as np


def gaussian_factor(std, m):
    std = ⟦beta⟧ * std
    return np.exp(0.5 * std * std / m)


def probes_for_factor(std, limit):
    std = ⟦beta⟧ * std
    return np.maximum(np.ceil(std * std / np.log(limit) / 2), 1)


def sign_factor(J):
    J = ⟦beta⟧ * J
    S = J.double().numpy()
    S = (S + S.T) / 2
    np.fill_diagonal(S, 0.0)
    v = np.array([(1.0, *rest) for rest in itertools.product((1.0, -1.0), repeat=len(S) - 1)])
    return np.exp(-np.einsum("ni,ij,nj->n", v, S, v)).mean()
