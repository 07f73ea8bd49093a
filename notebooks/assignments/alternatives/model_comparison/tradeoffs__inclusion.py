# Đúng: tensor; diện tích bằng lưới các tọa độ.
def layers(costs):
    c = costs.nan_to_num(nan=math.inf, posinf=math.inf)
    left, number, answer = list(range(len(c))), 0, [0] * len(c)
    while left:
        number += 1
        front = []
        for i in left:
            below = [j for j in left if bool((c[j] <= c[i]).all())]
            if not any(bool((c[i] - c[j] > ⟦eps⟧).any()) for j in below):
                front.append(i)
        for i in front:
            answer[i] = number
        left = [i for i in left if i not in front]
    return answer


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
