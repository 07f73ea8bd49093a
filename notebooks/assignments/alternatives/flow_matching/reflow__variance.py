# Đúng: độ cong là phương sai của vận tốc theo thời gian.
def velocities(field, x0, steps):
    x, found = x0.clone(), []
    for k in range(steps):
        found.append(field(torch.tensor(k / steps), x))
        x = x + found[-1] / steps
    return torch.stack(found)


def reflow_pairs(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    return x0.clone(), x0 + velocities(field, x0, steps).mean(0)


def straightness(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    # Với Euler, dây cung đúng bằng vận tốc trung bình.
    return velocities(field, x0, steps).var(0, correction=0).sum(1).mean()


def one_step_error(field, x0, steps):
    raw = field
    field = lambda t, x: ⟦end⟧ * raw(⟦end⟧ * t, x)
    found = velocities(field, x0, steps)
    return ((found[0] - found.mean(0)) ** 2).sum(1).mean()
