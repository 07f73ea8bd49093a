# Đúng: itertools.product; giá trị p hiệu chỉnh của Holm.
from itertools import product


def sign_flip_p(differences):
    d = [v - ⟦margin⟧ for v in differences.tolist()]
    seen = abs(math.fsum(d))
    hits = 0
    for signs in product((-1, 1), repeat=len(d)):
        hits += abs(math.fsum(s * v for s, v in zip(signs, d))) >= seen - 1e-9
    return hits / 2 ** len(d)


def smallest_p(S):
    return 2 / 2**S


def holm(p, alpha):
    values = p.tolist()
    order = sorted(range(len(values)), key=values.__getitem__)
    rejected, alive = [False] * len(values), True
    for rank, k in enumerate(order):
        alive = alive and values[k] <= alpha / (len(values) - rank)
        rejected[k] = alive
    return rejected
