# Đúng: vòng lặp trên số Python, cosh.
def planar_log_det(x, u, w, b):
    u, w = u.tolist(), w.tolist()
    dot = sum(p * q for p, q in zip(u, w))
    result = []
    for row in x.tolist():
        a = sum(p * q for p, q in zip(row, w)) + b
        result.append(math.log(abs(1 + ⟦planar_step⟧ * dot / math.cosh(a) ** 2)))
    return result


def nearest_invertible(u, w):
    u, w = u.tolist(), w.tolist()
    dot, size = sum(p * q for p, q in zip(u, w)), sum(q * q for q in w)
    return [p + max(-1 / ⟦planar_step⟧ - dot, 0) / size * q for p, q in zip(u, w)]
