# Sai: thời điểm luôn tính từ 0.
def euler(field, x, steps, start=0.0, end=1.0):
    h = (end - start) / steps
    for k in range(steps):
        t = k / steps
        x = x + h * field(t, x)
    return x


def midpoint(field, x, steps, start=0.0, end=1.0):
    h = (end - start) / steps
    for k in range(steps):
        t = start + k * h
        x = x + h * field(t + h / 2, x + h / 2 * field(t, x))
    return x
