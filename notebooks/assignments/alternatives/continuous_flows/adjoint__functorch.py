# Đúng: torch.func.vjp và phương pháp điểm giữa nhiều bước.
def linear_adjoint(theta, z0, y, t):
    growth = math.exp(theta)
    slope = growth * (growth * z0 - y)
    return torch.tensor([slope * math.exp(-theta * t), slope * z0 + ⟦decay⟧ * theta, slope], dtype=torch.float64)


def adjoint_gradient(field, theta, x, loss):
    N = 250
    h, now = 1 / N, x.detach()
    for k in range(N):
        half = now + h / 2 * field(k * h, now, theta).detach()
        now = now + h * field((k + 0.5) * h, half, theta).detach()
    a = torch.func.grad(loss)(now)
    total = torch.zeros_like(theta)

    def pull(t, x, a):
        u, vjp = torch.func.vjp(lambda x, p: field(t, x, p), x, theta.detach())
        down, side = vjp(a)
        return u, down, side

    for k in range(N, 0, -1):
        u, down, _ = pull(k * h, now, a)
        u, down, side = pull((k - 0.5) * h, now - h / 2 * u, a + h / 2 * down)
        now, a, total = now - h * u, a + h * down, total + h * side
    return total, a
