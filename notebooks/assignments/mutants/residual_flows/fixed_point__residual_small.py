# Sai: dừng khi |x + g(x) − y| ≤ tol.
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, g, L, tol):
    x = y
    while True:
        value = g(x)
        if (x + value - y).abs().max() <= tol:
            return x
        x = y - value
