# Sai: dừng khi hai lần lặp cách nhau không quá tol.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x, change = y, math.inf
    while change > tol:
        new = y - ⟦inverse_step⟧ * u(x)
        change = (new - x).norm(dim=1).max()
        x = new
    return x
