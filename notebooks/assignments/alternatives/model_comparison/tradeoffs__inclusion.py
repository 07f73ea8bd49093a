# Đúng: tensor; diện tích bằng lưới các tọa độ.
def pareto(costs):
    c = costs.nan_to_num(nan=math.inf, posinf=math.inf)
    keep = []
    for row in c:
        below = (c <= row).all(1)
        keep.append(bool((c[below] == row).all()))
    return torch.tensor(keep)


def area(costs, reference):
    c, r = costs.double(), reference.double()
    c = c[(c <= r).all(1)]
    if len(c) == 0:
        return torch.tensor(0.0)
    xs = torch.cat([c[:, 0], r[:1]]).sort().values
    ys = torch.cat([c[:, 1], r[1:]]).sort().values
    corner = torch.cartesian_prod(xs[:-1], ys[:-1])
    size = torch.cartesian_prod(xs.diff(), ys.diff()).prod(1)
    inside = (c[None] <= corner[:, None]).all(2).any(1)
    return size[inside].sum()


def contributions(costs, reference):
    whole, rows = area(costs, reference), range(len(costs))
    lost = [whole - area(torch.cat([costs[:k], costs[k + 1 :]]), reference) for k in rows]
    return torch.stack(lost)
