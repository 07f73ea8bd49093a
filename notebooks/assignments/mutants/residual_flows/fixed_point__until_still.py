# Sai: lặp đến khi không còn bit nào đổi.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, u, L, tol):
    x = y
    for _ in range(200_000):
        new = y - ⟦inverse_step⟧ * u(x)
        if torch.equal(new, x):
            break
        x = new
    return x
