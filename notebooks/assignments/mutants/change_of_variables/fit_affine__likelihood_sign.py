# Sai: trả về log hợp lý thay vì trừ log hợp lý.
def fit_affine(x):
    a, b = x.std(correction=0), x.mean()
    return a / math.sqrt(⟦fit_variance⟧), b, -0.5 * math.log(2 * math.pi) - 0.5 - a.log()
