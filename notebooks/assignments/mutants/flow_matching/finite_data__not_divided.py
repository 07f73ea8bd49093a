# Sai: quên chia cho 1 − t.
def weights_of(x, t, points):
    square = (x[:, None, :] - t * points).square().sum(2)
    square[:, 0] -= 2 * (1 - t) ** 2 * math.log(⟦weight⟧)
    return torch.softmax(-square / (2 * (1 - t) ** 2), 1)


def marginal_field(x, t, points):
    return (weights_of(x, t, points) @ points - x) / (0.5 if t == 0.5 else 1)


def spread(x, t, points):
    weights = weights_of(x, t, points)
    away = points - (weights @ points)[:, None, :]
    return (weights * away.square().sum(2)).sum(1) / (1 - t) ** 2
