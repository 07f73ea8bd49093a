# Sai: dùng công thức w = 1 của bài tập về nhà.
def ar1_forward(z, w):
    return z.cumsum(1)


def ar1_inverse(x, w):
    return x.diff(dim=1, prepend=torch.zeros_like(x[:, :1]))


def ar1_log_prob(x, w):
    z = ar1_inverse(x, w)
    return -0.5 * (z.square() / ⟦noise⟧ + math.log(2 * math.pi * ⟦noise⟧)).sum(1)


def ar1_covariance(D, w):
    place = torch.arange(1.0, D + 1)
    return ⟦noise⟧ * torch.minimum(place[:, None], place)
