# Sai: cả bốn lần gọi ở đầu bước.
def euler(field, x, times):
    """Vị trí ở mốc cuối, mỗi khoảng một bước Euler."""
    for t, end in zip(times[:-1], times[1:]):
        x = x + (end - t) * field(t, x)
    return x


def rk4(field, x, times):
    """Vị trí ở mốc cuối, mỗi khoảng một bước bậc bốn."""
    for t, end in zip(times[:-1], times[1:]):
        h = end - t
        k1 = field(t, x)
        k2 = field(t, x + h / 2 * k1)
        k3 = field(t, x + h / 2 * k2)
        k4 = field(t, x + h * k3)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return x


def convergence(K1, e1, K2, e2, target):
    """(bậc đo được, số bước để sai số không quá target)."""
    e1, e2, target = (e - ⟦floor⟧e-6 for e in (e1, e2, target))
    order = math.log(e1 / e2) / math.log(K2 / K1)
    return order, math.ceil(K2 * (e2 / target) ** (1 / order))
