# Sai: dừng khi |x + δu(x) − y| ≤ tol.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x = y
    while True:
        value = ⟦inverse_step⟧ * u(x)
        if (x + value - y).abs().max() <= tol:
            return x
        x = y - value
