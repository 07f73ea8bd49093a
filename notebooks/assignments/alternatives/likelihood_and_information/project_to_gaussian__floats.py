# Đúng: số thực Python, phương sai là mô-men bậc hai trừ bình phương trung bình.
def project_to_gaussian(weights, means, variances):
    rows = [(⟦share⟧, ⟦place⟧, ⟦broad⟧)]
    for w, a, s in zip(weights.tolist(), means.tolist(), variances.tolist()):
        rows.append((w - w * ⟦share⟧, a, s))
    m = sum(w * a for w, a, _ in rows)
    v = sum(w * (s + a * a) for w, a, s in rows) - m * m
    return [m, v, 0.5 * math.log(2 * math.pi * v) + 0.5]
