# Sai: đi ngược: đổi cả dấu trường lẫn dấu bước.
def euler(field, x, steps, start=0.0, end=1.0):
    for k in range(steps):
        now, later = (start + (end - start) * (j / steps) ** ⟦bend⟧ for j in (k, k + 1))
        h = later - now
        t = now
        x = x + h * (field(t, x) if end >= start else -field(t, x))
    return x


def midpoint(field, x, steps, start=0.0, end=1.0):
    for k in range(steps):
        now, later = (start + (end - start) * (j / steps) ** ⟦bend⟧ for j in (k, k + 1))
        h = later - now
        t = now
        x = x + h * field(t + h / 2, x + h / 2 * field(t, x))
    return x
