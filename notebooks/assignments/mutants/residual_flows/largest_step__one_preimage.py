# Sai: lặp điểm bất động nên chỉ thấy một nghiệm.
def largest_delta(c):
    return 1 / abs(⟦kappa⟧ * c) if c < 0 else math.inf


def preimages(c, delta, y):
    x = y
    for _ in range(3000):
        x = 0.5 * x + 0.5 * (y - delta * c * math.tanh(⟦kappa⟧ * x))
    return [x]


def density(c, delta, y):
    return sum(
        math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi) / abs(1 + delta * c * ⟦kappa⟧ / math.cosh(⟦kappa⟧ * x) ** 2)
        for x in preimages(c, delta, y)
    )
