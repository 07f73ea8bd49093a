# Đúng: đạo hàm của hàm phân phối tích lũy, bằng numpy và tỉ số sai phân nhỏ.
import numpy as np
from scipy.stats import norm

step = 1e-4
cdf = lambda x: norm.cdf(⟦center⟧ + np.sqrt(x)) - norm.cdf(⟦center⟧ - np.sqrt(x))
p_x = np.array([(cdf(⟦square⟧ + step) - cdf(⟦square⟧ - step)) / (2 * step)])
