# Sai: chỉ một bước y − g(y).
def iterations_needed(L, tol):
    return math.ceil(math.log(tol) / math.log(L))


def fixed_point_inverse(y, g, L, tol):
    return y - g(y)
