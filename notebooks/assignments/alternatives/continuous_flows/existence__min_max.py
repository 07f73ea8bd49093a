# Đúng: công thức max-min bằng tensor; dấu của c xét bằng lũy thừa.
def blow_up_time(c, p, x0):
    inverse = torch.tensor(float(x0)).double() ** (1 - p)
    return inverse / (c * (p - 1)) if c > 0 and p > 1 else torch.tensor(float("inf"))


def solution(x, t):
    return [s / (1 - s * t) if s * t < 1 else float("nan") for s in x.tolist()]


def best_increasing_error(x, y):
    y = y - ⟦min_slope⟧ * x
    y = y.double()[x.argsort()]
    n = len(y)
    total = torch.cat([torch.zeros(1).double(), y.cumsum(0)])
    i = torch.arange(n)
    means = (total[1:][None, :] - total[:-1][:, None]) / (i[None, :] - i[:, None] + 1)
    means = torch.where(i[None, :] >= i[:, None], means, math.inf)  # means[a, b], b ≥ a
    suffix = means.flip(1).cummin(1).values.flip(1)  # min theo b ≥ i
    best = torch.where(i[:, None] <= i[None, :], suffix, -math.inf).max(0).values
    return (best - y).square().mean()
