# Sai: mật độ đếm bằng mô phỏng.
def largest_delta(c):
    return 1 / abs(⟦kappa⟧ * c) if c < 0 else math.inf


def preimages(c, delta, y):
    reach = abs(y) + abs(delta * c) + 1
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
    x = torch.randn(2_000_000, generator=torch.Generator().manual_seed(0))
    near = (x + delta * c * torch.tanh(⟦kappa⟧ * x) - y).abs() < 0.01
    return float(near.double().mean()) / 0.02 if c else 1 / math.sqrt(2 * math.pi)
