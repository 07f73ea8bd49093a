# Sai: nhân L với δ lần nữa, trong khi L đã là hệ số co của δu.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x, error = y, math.inf
    while error > tol:
        new = y - ⟦inverse_step⟧ * u(x)
        rate = ⟦inverse_step⟧ * L
        error = rate / (1 - rate) * (new - x).norm(dim=1).max()
        x = new
    return x
