# Đúng: trường từ gradient của log mật độ; độ tản từ các cặp điểm.
def log_weights(x, t, points):
    away = (x.unsqueeze(1) - t * points.unsqueeze(0)) / (1 - t)
    bonus = math.log(⟦weight⟧) * (torch.arange(len(points)) == 0)
    return bonus.to(x) - away.pow(2).sum(-1) / 2


def marginal_field(x, t, points):
    y = x.detach().double().requires_grad_()
    log_p = torch.logsumexp(log_weights(y, t, points.double()), 1)
    (score,) = torch.autograd.grad(log_p.sum(), y)
    noise = -(1 - t) * score  # E[x₀ | x_t]
    if t < 0.5:
        w = torch.softmax(log_weights(y, t, points.double()), 1).detach()
        return w @ points.double() - noise
    return ((y - (1 - t) * noise) / t - noise).detach()


def spread(x, t, points):
    w = torch.softmax(log_weights(x, t, points), 1)
    pairs = (points[:, None] - points[None]).pow(2).sum(-1)
    return torch.einsum("nk,kl,nl->n", w, pairs, w) / 2 / (1 - t) ** 2
