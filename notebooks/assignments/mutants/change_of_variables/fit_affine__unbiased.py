# Sai: độ lệch chuẩn chia cho n - 1.
def fit_affine(x):
    a, b = x.std(), x.mean()
    return a / math.sqrt(⟦fit_variance⟧), b, 0.5 * math.log(2 * math.pi) + 0.5 + a.log()
