# Sai: đo bước đi bằng chuẩn max; L chỉ hứa cho chuẩn Euclid.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x = y
    while True:
        new = y - ⟦inverse_step⟧ * u(x)
        error = L / (1 - L) * (new - x).abs().max()
        x = new
        if error <= tol:
            return x
