# Sai: chỉ một bước y − δu(y).
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    return y - ⟦inverse_step⟧ * u(y)
