# Sai: chỉ tìm nghiệm trong đoạn [-10, 10].
def largest_delta(c):
    return 1 / abs(⟦kappa⟧ * c) if c < 0 else math.inf

def preimages(c, delta, y):
    reach = 10.0
    fold = -delta * c * ⟦kappa⟧
    ends = [-reach, reach]
    if fold > 1:
        turn = math.acosh(math.sqrt(fold)) / ⟦kappa⟧
        ends = [-reach, -turn, turn, reach]
    roots = []
    for low, high in zip(ends, ends[1:]):
        f = lambda x: x + delta * c * math.tanh(⟦kappa⟧ * x) - y
        if f(low) * f(high) > 0:
            continue
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (low, middle) if f(low) * f(middle) <= 0 else (middle, high)
        roots.append(low)
    return roots


def density(c, delta, y):
    return sum(
        math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi) / abs(1 + delta * c * ⟦kappa⟧ / math.cosh(⟦kappa⟧ * x) ** 2)
        for x in preimages(c, delta, y)
    )
