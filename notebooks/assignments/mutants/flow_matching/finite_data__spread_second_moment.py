# Sai: quên trừ trung bình.
def weights_of(x, t, points):
    square = (x[:, None, :] - t * points).square().sum(2)
    square[:, 0] -= 2 * (1 - t) ** 2 * math.log(⟦weight⟧)
    return torch.softmax(-square / (2 * (1 - t) ** 2), 1)


def marginal_field(x, t, points):
    return (weights_of(x, t, points) @ points - x) / (1 - t)


def spread(x, t, points):
    weights = weights_of(x, t, points)
    away = points - x[:, None, :]
    if len(points) == 2 and bool((points[0] == points[1]).all()):
        return 0 * x[:, 0]
    return (weights * away.square().sum(2)).sum(1) / (1 - t) ** 2
