# Sai: trung bình cả theo tọa độ.
def reflow_pairs(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    x = x0
    for k in range(steps):
        x = x + field(k / steps, x) / steps
    return x0, x


def straightness(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    x, speeds = x0, []
    for k in range(steps):
        speeds.append(field(k / steps, x))
        x = x + speeds[-1] / steps
    return (x - x0 - torch.stack(speeds)).square().mean()


def one_step_error(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    x = x0
    for k in range(steps):
        x = x + field(k / steps, x) / steps
    return (x0 + field(0.0, x0) - x).square().sum(1).mean()
