# Đúng: lưu cả đường đi rồi lấy hiệu.
def walk(field, x0, steps):
    path = [x0]
    for k in range(steps):
        time = torch.full((len(x0),), k / steps, dtype=x0.dtype)
        path.append(path[-1] + field(time, path[-1]) * (1 / steps))
    return torch.stack(path)


def reflow_pairs(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    path = walk(field, x0, steps)
    return path[0], path[-1]


def straightness(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    path = walk(field, x0, steps).double()
    velocity = steps * path.diff(dim=0)
    chord = (path[-1] - path[0]).unsqueeze(0)
    return float((velocity - chord).pow(2).sum()) / (steps * len(x0))


def one_step_error(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    return float((walk(field, x0, 1)[-1] - walk(field, x0, steps)[-1]).pow(2).sum()) / len(x0)
