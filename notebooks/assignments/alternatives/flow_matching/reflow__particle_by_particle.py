# Đúng: từng hạt một, cộng dồn bằng số.
def carry(field, x, steps):
    speeds = []
    for k in range(steps):
        speeds.append(field(k / steps, x))
        x = x + speeds[-1] / steps
    return x, speeds


def reflow_pairs(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    return x0, torch.cat([carry(field, row[None], steps)[0] for row in x0])


def straightness(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    total = 0.0
    for row in x0:
        x, speeds = carry(field, row[None], steps)
        total += sum(float((x[0] - row - v[0]) @ (x[0] - row - v[0])) for v in speeds) / steps
    return total / len(x0)


def one_step_error(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    gaps = [carry(field, row[None], 1)[0] - carry(field, row[None], steps)[0] for row in x0]
    return torch.cat(gaps).square().sum(1).mean()
