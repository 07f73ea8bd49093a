# Đúng: đệ quy, mỗi điểm một thời điểm.
def euler(field, x, steps, start=0.0, end=1.0, k=0):
    if k == steps:
        return x
    t, after = (start + (end - start) * math.pow(j / steps, ⟦bend⟧) for j in (k, k + 1))
    times = torch.full((len(x),), t, dtype=x.dtype)
    return euler(field, x + (after - t) * field(times, x), steps, start, end, k + 1)


def midpoint(field, x, steps, start=0.0, end=1.0, k=0):
    if k == steps:
        return x
    t, after = (start + (end - start) * math.pow(j / steps, ⟦bend⟧) for j in (k, k + 1))
    middle = (t + after) / 2
    times = torch.full((len(x),), middle, dtype=x.dtype)
    half = x + (middle - t) * field(torch.full_like(times, t), x)
    return midpoint(field, x + (after - t) * field(times, half), steps, start, end, k + 1)
