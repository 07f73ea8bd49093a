# Đúng: lưới thời gian bằng linspace, t là tensor.
def grid(start, end, steps):
    return start + (end - start) * torch.linspace(0, 1, steps + 1, dtype=torch.float64) ** ⟦bend⟧


def euler(field, x, steps, start=0.0, end=1.0):
    times = grid(start, end, steps)
    for now, later in zip(times[:-1], times[1:]):
        x = x + float(later - now) * field(now, x)
    return x


def midpoint(field, x, steps, start=0.0, end=1.0):
    times = grid(start, end, steps)
    for now, later in zip(times[:-1], times[1:]):
        half = float(later - now) / 2
        middle = x + half * field(now, x)
        x = x + 2 * half * field((now + later) / 2, middle)
    return x
