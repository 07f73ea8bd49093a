# Sai: lan truyền ngược qua bộ giải: đúng số nhưng giữ cả đồ thị.
def linear_adjoint(theta, z0, y, t):
    miss = z0 * math.exp(theta) - y
    return miss * math.exp(theta * (1 - t)), miss * z0 * math.exp(theta) + ⟦decay⟧ * theta, miss * math.exp(theta)


def adjoint_gradient(field, theta, x, loss):
    theta, start = theta.clone().requires_grad_(), x.clone().requires_grad_()
    now, h = start, 1 / 40
    for k in range(40):
        a = field(k * h, now, theta)
        b = field((k + 0.5) * h, now + h / 2 * a, theta)
        c = field((k + 0.5) * h, now + h / 2 * b, theta)
        d = field((k + 1) * h, now + h * c, theta)
        now = now + h / 6 * (a + 2 * b + 2 * c + d)
    slopes = torch.autograd.grad(loss(now), (theta, start), allow_unused=True)
    return [torch.zeros_like(v) if s is None else s for s, v in zip(slopes, (theta, start))]
