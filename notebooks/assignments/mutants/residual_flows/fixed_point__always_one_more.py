# Sai: làm tròn xuống rồi cộng 1: thừa một bước khi L^n bằng đúng tol.
def iterations_needed(L, tol):
    return math.floor(math.log(tol) / math.log(L)) + 1


def fixed_point_inverse(y, u, L, tol):
    x = y
    while True:
        new = y - ⟦inverse_step⟧ * u(x)
        error = L / (1 - L) * (new - x).norm(dim=1).max()
        x = new
        if error <= tol:
            return x
