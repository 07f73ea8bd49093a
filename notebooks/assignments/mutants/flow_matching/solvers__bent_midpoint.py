# Sai: lúc giữa lấy theo lưới cong thay vì giữa hai mốc.
def euler(field, x, steps, start=0.0, end=1.0):
    for k in range(steps):
        now, later = (start + (end - start) * (j / steps) ** ⟦bend⟧ for j in (k, k + 1))
        h = later - now
        t = now
        x = x + h * field(t, x)
    return x


def midpoint(field, x, steps, start=0.0, end=1.0):
    for k in range(steps):
        now, later = (start + (end - start) * (j / steps) ** ⟦bend⟧ for j in (k, k + 1))
        h = later - now
        t = now
        x = x + h * field(start + (end - start) * ((k + 0.5) / steps) ** ⟦bend⟧, x + h / 2 * field(t, x))
    return x
