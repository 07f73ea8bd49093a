# Sai: lặp iterations_needed(L, tol) lượt, quên sai số ban đầu có thể lớn.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x = y
    for _ in range(iterations_needed(L, tol)):
        x = y - ⟦inverse_step⟧ * u(x)
    return x
