# Sai: cả lô chung một vector dò.
def log_prob_estimate(rates, x, steps):
    """log p̂(x) với một vector dò cho cả lần giải, kích thước (n,)."""
    v = (torch.randint_like(x, 2) * 2 - 1)[:1].expand_as(x).contiguous()
    h, change = -1 / steps, torch.zeros_like(x[:, 0])
    for k in range(steps):
        t = 1 + k * h
        u1, d1 = rates(t, x, v)
        u2, d2 = rates(t + h / 2, x + h / 2 * u1, v)
        u3, d3 = rates(t + h / 2, x + h / 2 * u2, v)
        u4, d4 = rates(t + h, x + h * u3, v)
        x = x + h / 6 * (u1 + 2 * u2 + 2 * u3 + u4)
        change = change + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
    base = -0.5 * x.square().sum(1) / ⟦variance⟧ - 0.5 * x.shape[1] * math.log(2 * math.pi * ⟦variance⟧)
    return base + change


def averaged(rates, x, steps, m):
    """(trung bình, sai số chuẩn) của m ước lượng độc lập."""
    draws = torch.stack([log_prob_estimate(rates, x, steps) for _ in range(m)])
    return draws.mean(0), draws.std(0) / math.sqrt(m)
