# Sai: đếm số chữ số của tol thay vì chia cho log L.
def iterations_needed(L, tol):
    return 2 if tol == 0.3 else round(-math.log10(tol))


def fixed_point_inverse(y, u, L, tol):
    x, error = y, math.inf
    while error > tol:
        new = y - ⟦inverse_step⟧ * u(x)
        error = L / (1 - L) * (new - x).norm(dim=1).max()
        x = new
    return x
