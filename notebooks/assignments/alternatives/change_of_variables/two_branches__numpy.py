# Đúng: dùng numpy và tính đối xứng.
import numpy as np

p_x = np.array([np.exp(-2.25 / 2) / np.sqrt(2 * np.pi * 2.25)])
