# Đúng: hiệp phương sai giữa các cột là A, giữa các hàng là B.
def off_diagonal(C):
    k = len(C)
    return (C.sum() - C.trace()) / (k * (k - 1))


def variance_parts(losses):
    L = losses.double()
    across_points, across_seeds = torch.cov(L.T), torch.cov(L)
    A, B = off_diagonal(across_points), off_diagonal(across_seeds)
    return A, B, across_points.trace() / len(across_points) - A


def standard_error(parts, seeds, points):
    total = 0.0
    for part, count in zip(parts, (seeds, 1 / (1 / points - 1 / ⟦bank⟧), seeds * points)):
        if part > 0:
            total += float(part) / count
    return total**0.5


def seeds_needed(parts, points, target):
    if not standard_error(parts, 10**15, points) <= target:
        return math.inf
    low, high = 1, 1
    while standard_error(parts, high, points) > target:
        low, high = high, 2 * high
    while high > low:
        middle = (low + high) // 2
        if standard_error(parts, middle, points) <= target:
            high = middle
        else:
            low = middle + 1
    return high
