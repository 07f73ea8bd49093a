# Đúng: lưới thời gian bằng linspace, t là tensor.
def euler(field, x, steps, start=0.0, end=1.0):
    times = torch.linspace(start, end, steps + 1, dtype=torch.float64)
    for now, later in zip(times[:-1], times[1:]):
        x = x + float(later - now) * field(now, x)
    return x


def midpoint(field, x, steps, start=0.0, end=1.0):
    times = torch.linspace(start, end, 2 * steps + 1, dtype=torch.float64)
    for k in range(0, 2 * steps, 2):
        half = float(times[k + 1] - times[k])
        middle = x + half * field(times[k], x)
        x = x + 2 * half * field(times[k + 1], middle)
    return x
