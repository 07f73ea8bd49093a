# Sai: độ dốc mang dấu ngược.
def marginal_velocity(x, t, m, s):
    variance = (1 - t) ** 2 + t**2 * s**2
    slope = ((1 - t) - t * s**2) / variance
    return m + slope * (x - t * m) if isinstance(t, torch.Tensor) or t > 0 else m - x


def trajectory(z, t, m, s):
    return t * m + math.sqrt((1 - t) ** 2 + (t * s) ** 2) * z


def smallest_loss(m, s):
    return math.pi * s / 2
