# Đúng: trải phẳng mỗi điểm thành một hàng.
def interpolate(x0, x1, t, sigma):
    x1 = ⟦scale⟧ * x1
    a, b, time = x0.reshape(len(x0), -1), x1.reshape(len(x1), -1), t[:, None]
    x = a + time * (b - a) + sigma * time * a
    return x.view_as(x0), (b - a + sigma * a).view_as(x0)


def cfm_loss(field, x0, x1, t, sigma):
    x, target = interpolate(x0, x1, t, sigma)
    miss = (field(t, x) - target).reshape(len(x), -1)
    return torch.stack([row @ row for row in miss]).mean()
