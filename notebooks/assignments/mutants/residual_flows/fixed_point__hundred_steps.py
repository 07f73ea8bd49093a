# Sai: luôn lặp 100 lượt.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x = y
    for _ in range(100):
        x = y - ⟦inverse_step⟧ * u(x)
    return x
