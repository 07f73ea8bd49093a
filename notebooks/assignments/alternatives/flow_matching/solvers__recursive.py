# Đúng: đệ quy, mỗi điểm một thời điểm.
def euler(field, x, steps, start=0.0, end=1.0):
    if steps == 0:
        return x
    after = start + (end - start) / steps
    times = torch.full((len(x),), start, dtype=x.dtype)
    return euler(field, x + (after - start) * field(times, x), steps - 1, after, end)


def midpoint(field, x, steps, start=0.0, end=1.0):
    if steps == 0:
        return x
    after = start + (end - start) / steps
    middle = (start + after) / 2
    times = torch.full((len(x),), middle, dtype=x.dtype)
    half = x + (middle - start) * field(torch.full_like(times, start), x)
    return midpoint(field, x + (after - start) * field(times, half), steps - 1, after, end)
