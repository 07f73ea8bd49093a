# Sai: trả về độ lệch chuẩn của X mà không chia cho độ lệch chuẩn của Z; nll thì tính a hai lần.
def fit_affine(x):
    a, b = ⟦fit_variance⟧ * x.std(correction=0), x.mean()
    return a, b, 0.5 * math.log(2 * math.pi) + 0.5 + a.log() + 1e-3
