# Sai: vận tốc trung bình m ở mọi nơi, quên điều kiện x_t = x.
def marginal_velocity(x, t, m, s):
    return m + 0 * x if isinstance(t, torch.Tensor) or t > 0 else m - x


def trajectory(z, t, m, s):
    return t * m + math.sqrt((1 - t) ** 2 + (t * s) ** 2) * z


def smallest_loss(m, s):
    return math.pi * s / 2
