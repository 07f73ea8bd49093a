# Sai: mũ rồi chia: 0/0 khi x ở xa.
def weights_of(x, t, points):
    square = (x[:, None, :] - t * points).square().sum(2)
    square[:, 0] -= 2 * (1 - t) ** 2 * math.log(⟦weight⟧)
    mass = (-square / (2 * (1 - t) ** 2)).exp()
    return mass / mass.sum(1, keepdim=True)


def marginal_field(x, t, points):
    return (weights_of(x, t, points) @ points - x) / (1 - t)


def spread(x, t, points):
    weights = weights_of(x, t, points)
    away = points - (weights @ points)[:, None, :]
    return (weights * away.square().sum(2)).sum(1) / (1 - t) ** 2
