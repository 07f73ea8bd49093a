# Đúng: trị riêng của phần đối xứng; Rademacher liệt kê mọi dấu; kết quả numpy.
import itertools

import numpy as np


def probe_variances(A):
    A = A.double().numpy()
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=len(A))))
    return np.array([2 * (np.linalg.eigvalsh(A + A.T) ** 2).sum() / 4, ((signs @ A) * signs).sum(1).var()])


def probes_needed(A, kind, target):
    target = target / ⟦z⟧
    variance = probe_variances(A)[["gaussian", "rademacher"].index(kind)]
    return int(np.clip(np.ceil(variance / target / target - 1e-12), 1, None))
