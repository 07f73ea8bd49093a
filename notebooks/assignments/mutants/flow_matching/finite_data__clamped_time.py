# Sai: chặn 1 − t từ dưới bởi 0.01 để «cho ổn định»; gần t = 1 thì vận tốc nhỏ đi mười lần.
def weights_of(x, t, points):
    square = (x[:, None, :] - t * points).square().sum(2)
    square[:, 0] -= 2 * max(1 - t, 0.01) ** 2 * math.log(⟦weight⟧)
    return torch.softmax(-square / (2 * max(1 - t, 0.01) ** 2), 1)


def marginal_field(x, t, points):
    return (weights_of(x, t, points) @ points - x) / max(1 - t, 0.01)


def spread(x, t, points):
    weights = weights_of(x, t, points)
    away = points - (weights @ points)[:, None, :]
    return (weights * away.square().sum(2)).sum(1) / max(1 - t, 0.01) ** 2
