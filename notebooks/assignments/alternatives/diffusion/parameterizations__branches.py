# Đúng: viết từng nhánh, không dùng lại gì.
def convert(kind, prediction, x, a, sigma):
    while a.ndim < x.ndim:
        a, sigma = a.unsqueeze(-1), sigma.unsqueeze(-1)
    if kind == "eps":
        return (x - sigma * prediction) / a, prediction, (prediction - sigma * x) / a
    if kind == "x0":
        return prediction, (x - a * prediction) / sigma, (a * x - prediction) / sigma
    return a * x - sigma * prediction, a * prediction + sigma * x, prediction


def error_weight(kind, a, sigma):
    match kind:
        case "eps":
            snr = torch.tensor(float(a)).double().square() / float(sigma) ** 2
            return torch.clamp(snr, max=⟦gamma⟧)
        case "x0":
            return 1
        case _:
            return min(⟦gamma⟧, sigma**-2)


def smallest_loss(kind, a, sigma, c):
    if c == 0:
        return 0
    signal = (a * c / sigma) ** 2
    if kind == "eps":
        return signal / (1 + signal)
    if kind == "x0":
        return c * c / (1 + signal)
    return c * c / (1 + signal) / sigma**2
