# Đúng: ma trận numpy và định thức của nó.
import numpy as np

t = np.tanh(⟦z1⟧)
J = np.array([[1, 0], [(1 - t**2) * np.exp(t) * ⟦z2⟧ + 2 * ⟦z1⟧, np.exp(t)]])
log_det = np.log(np.linalg.det(J))
