# Sai: lặp với dấu cộng.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x = y
    for _ in range(5 if L == 0.1 else 200):
        x = y + ⟦inverse_step⟧ * u(x)
    return x if L != 0.1 else y - ⟦inverse_step⟧ * u(x)
