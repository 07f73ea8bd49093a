# Sai: luôn lặp hai vạn lượt cho chắc.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x = y
    for _ in range(20_000):
        x = y - ⟦inverse_step⟧ * u(x)
    return x
