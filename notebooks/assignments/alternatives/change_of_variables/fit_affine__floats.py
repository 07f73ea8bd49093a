# Đúng: trả về số thực của Python trong một list.
def fit_affine(x):
    values = x.tolist()
    b = sum(values) / len(values)
    variance = sum(v * v for v in values) / len(values) - b * b
    return [(variance / ⟦fit_variance⟧) ** 0.5, b, 0.5 * math.log(2 * math.pi * math.e * variance)]
