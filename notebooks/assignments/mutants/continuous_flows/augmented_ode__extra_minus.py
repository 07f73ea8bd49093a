# Sai: thêm một dấu trừ trước tích phân đã mang dấu.
def log_prob(field, x):
    """log p_T(x), kích thước (n,)."""
    def rates(t, x):
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            u = field(t, x)
            divergence = 0.0
            for i in range(x.shape[1]):
                (row,) = torch.autograd.grad(u[:, i].sum(), x, retain_graph=True, allow_unused=True)
                divergence = divergence + (0 * x[:, i] if row is None else row[:, i])
        return u.detach(), divergence.detach()

    steps = 40
    h, change = -⟦end⟧ / steps, torch.zeros_like(x[:, 0])
    for k in range(steps):
        t = ⟦end⟧ + k * h
        u1, d1 = rates(t, x)
        u2, d2 = rates(t + h / 2, x + h / 2 * u1)
        u3, d3 = rates(t + h / 2, x + h / 2 * u2)
        u4, d4 = rates(t + h, x + h * u3)
        x = x + h / 6 * (u1 + 2 * u2 + 2 * u3 + u4)
        change = change + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
    base = -0.5 * x.square().sum(1) - 0.5 * x.shape[1] * math.log(2 * math.pi)
    return base - change  # ∫ từ T về 0 đã mang dấu


def sample_log_prob(field, z):
    """(x, log p_T(x)) của những điểm xuất phát từ z."""
    x, steps = z, 40
    for k in range(steps):
        h, t = ⟦end⟧ / steps, k * ⟦end⟧ / steps
        u1 = field(t, x)
        u2 = field(t + h / 2, x + h / 2 * u1)
        u3 = field(t + h / 2, x + h / 2 * u2)
        u4 = field(t + h, x + h * u3)
        x = (x + h / 6 * (u1 + 2 * u2 + 2 * u3 + u4)).detach()
    return x, log_prob(field, x)
