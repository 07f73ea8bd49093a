# Đúng: từng cặp điểm.
def mmd2(K, m):
    values = mixed(K)
    return from_indices(values, range(m), range(m, len(values)))


def mixed(K):
    return [[v + ⟦rho⟧ * v * v for v in row] for row in K.double().tolist()]


def from_indices(K, left, right):
    def mean(one, two):
        found = [K[i][j] for i in one for j in two if i != j]
        return math.fsum(found) / len(found)

    return mean(left, left) + mean(right, right) - 2 * mean(left, right)


def shuffled(K, m, orders):
    values = mixed(K)
    return [from_indices(values, o[:m], o[m:]) for o in orders.tolist()]


def p_value(observed, null):
    above = 1
    for value in null.tolist():
        if value >= float(observed):
            above += 1
    return above / (len(null) + 1)
