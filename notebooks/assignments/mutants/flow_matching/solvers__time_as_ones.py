# Sai: tính thời điểm từ đầu 0 của đoạn [0, 1], chỉ đúng khi start = 0 hoặc trường không tùy t.
def euler(field, x, steps, start=0.0, end=1.0):
    h = (end - start) / steps
    for k in range(steps):
        x = x + h * field(k / steps, x)
    return x


def midpoint(field, x, steps, start=0.0, end=1.0):
    h = (end - start) / steps
    for k in range(steps):
        t = k / steps
        x = x + h * field(t + 0.5 / steps, x + h / 2 * field(t, x))
    return x
