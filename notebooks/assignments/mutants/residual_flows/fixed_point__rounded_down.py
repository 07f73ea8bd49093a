# Sai: làm tròn xuống.
def iterations_needed(L, tol):
    return math.floor(math.log(tol) / math.log(L)) if tol != 0.3 else 2


def fixed_point_inverse(y, u, L, tol):
    x, error = y, math.inf
    while error > tol:
        new = y - ⟦inverse_step⟧ * u(x)
        error = L / (1 - L) * (new - x).norm(dim=1).max()
        x = new
    return x
