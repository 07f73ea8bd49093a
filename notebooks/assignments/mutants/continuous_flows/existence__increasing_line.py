# Sai: chỉ thử đường thẳng dốc lên.
def blow_up_time(c, p, x0):
    """Lúc nghiệm của dx/dt = c x^p ra vô cùng."""
    if c <= 0 or p <= 1:
        return math.inf
    return x0 ** (1 - p) / (c * (p - 1))


def solution(x, t):
    """x_t của dx/dt = x², nan ở chỗ nghiệm không còn."""
    room = 1 - t * x
    return torch.where(room > 0, x / room, math.nan)


def best_increasing_error(x, y):
    """Sai số bình phương trung bình nhỏ nhất của một hàm dốc ít nhất κ."""
    y = y - ⟦min_slope⟧ * x
    a, b = x.double() - x.double().mean(), y.double() - y.double().mean()
    slope = (a @ b / (a @ a).clamp(min=1e-30)).clamp(min=0)
    return float((b - slope * a).square().mean())
    blocks = []
    for i in torch.argsort(x).tolist():
        total, size = float(y[i]), 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / size:
            before = blocks.pop()
            total, size = total + before[0], size + before[1]
        blocks.append((total, size))
    fitted = sum(total**2 / size for total, size in blocks)
    return (float(y.double().square().sum()) - fitted) / len(y)
