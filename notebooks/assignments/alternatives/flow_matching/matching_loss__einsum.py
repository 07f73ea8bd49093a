# Đúng: vòng lặp dựng từng điểm.
def interpolate(x0, x1, t, sigma):
    x1 = ⟦scale⟧ * x1
    x = torch.stack([(1 - s + sigma * s) * a + s * b for a, b, s in zip(x0, x1, t)])
    return x, x1 - x0 + sigma * x0


def cfm_loss(field, x0, x1, t, sigma):
    x, target = interpolate(x0, x1, t, sigma)
    u = field(t, x)
    return sum((u[i] - target[i]).pow(2).sum() for i in range(len(x))) / len(x)
