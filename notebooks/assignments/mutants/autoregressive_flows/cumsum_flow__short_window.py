# Sai: h_i chỉ nhớ hai mươi tọa độ gần nhất.
def ar1_forward(z, w):
    n, D = z.shape
    columns = []
    for i in range(D):
        columns.append(sum(w ** (i - j) * z[:, j] for j in range(max(0, i - 20), i + 1)))
    return torch.stack(columns, 1)


def ar1_inverse(x, w):
    return torch.cat([x[:, :1], x[:, 1:] - w * x[:, :-1]], 1)


def ar1_log_prob(x, w):
    z = ar1_inverse(x, w)
    return -0.5 * (z.square() / ⟦noise⟧ + math.log(2 * math.pi * ⟦noise⟧)).sum(1)


def ar1_covariance(D, w):
    powers = torch.arange(D)[:, None] - torch.arange(D)
    L = torch.where(powers >= 0, float(w) ** powers.clamp(min=0), 0.0)
    return ⟦noise⟧ * L @ L.T
