# Sai: hậu nghiệm đo khoảng cách tới a_k thay vì t·a_k.
def weights_of(x, t, points):
    square = (x[:, None, :] - points).square().sum(2)
    square[:, 0] -= 2 * (1 - t) ** 2 * math.log(⟦weight⟧)
    return torch.softmax(-square / (2 * (1 - t) ** 2), 1)


def marginal_field(x, t, points):
    return (weights_of(x, t, points) @ points - x) / (1 - t)


def spread(x, t, points):
    weights = weights_of(x, t, points)
    away = points - (weights @ points)[:, None, :]
    return (weights * away.square().sum(2)).sum(1) / (1 - t) ** 2
