# Sai: dừng theo thay đổi trung bình của lô, bỏ rơi hàng chậm nhất.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x, error = y, math.inf
    while error > tol:
        new = y - ⟦inverse_step⟧ * u(x)
        error = L / (1 - L) * (new - x).norm(dim=1).mean()
        x = new
    return x
