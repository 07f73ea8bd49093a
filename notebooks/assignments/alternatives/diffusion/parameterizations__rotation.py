# Đúng: quay mọi thứ về x_0 trước.
def convert(kind, prediction, x, a, sigma):
    a = a.view(a.shape + (1,) * (x.dim() - 1))
    sigma = sigma.view(a.shape)
    clean = {
        "eps": lambda: x / a - sigma / a * prediction,
        "x0": lambda: prediction,
        "v": lambda: a * x - sigma * prediction,
    }[kind]()
    if kind == "eps":
        noise = prediction
    elif kind == "x0":
        noise = x / sigma - a / sigma * prediction
    else:
        noise = torch.addcmul(sigma * x, a, prediction)
    return [clean, noise, a * noise - sigma * clean]


def error_weight(kind, a, sigma):
    return min(stretch(kind, a, sigma) ** 2, ⟦gamma⟧)


def stretch(kind, a, sigma):
    return {"eps": -a / sigma, "x0": 1, "v": -(a * a + sigma * sigma) / sigma}[kind]


def smallest_loss(kind, a, sigma, c):
    unsure = (c * sigma) ** 2 / ((a * c) ** 2 + sigma**2)
    return stretch(kind, a, sigma) ** 2 * unsure
