# Đúng: vòng lặp trên số Python.
def coupled_log_det(z, alpha, beta):
    totals = []
    for row in z.tolist():
        total, last = 0.0, ⟦z0⟧
        for value in row:
            total += alpha * last + beta * value + math.log(abs(1 + beta * value))
            last = value
        totals.append(total)
    return totals


def passes(D, form, task):
    if form == "IAF" and task == "density":
        return float(D)
    return D if form == "MAF" and task == "sample" else 1.0
