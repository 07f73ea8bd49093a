# Sai: tưởng mất mát về 0.
def noisy_pair(x0, eps, a, sigma):
    """(x_s, đích) của từng điểm."""
    a, sigma = (value.reshape(-1, *[1] * (x0.ndim - 1)) for value in (a, sigma))
    return a * x0 + sigma * eps, -eps / sigma


def dsm_loss(net, x0, eps, s, a, sigma):
    """Mất mát khớp điểm số khử nhiễu của lô, trọng số w(σ)."""
    x, target = noisy_pair(x0, eps, a, sigma)
    square = (net(s, x) - target).square().reshape(len(x), -1).sum(1)
    return (sigma**2 * (1 + sigma**2 / ⟦width⟧**2) * square).mean()


def smallest_loss(a, sigma, c, dim):
    """Kỳ vọng nhỏ nhất của mất mát khi dữ liệu là N(m, c²I)."""
    return 0.0 * dim
