# Sai: suy ra x_0 bằng ᾱ_j thay vì ᾱ_k.
def ddim_step(x, eps, k, j, alpha_bar, eta, xi):
    """Nhảy từ bước k về bước j."""
    now, then = alpha_bar[k], alpha_bar[j]
    clean = (x - (1 - then).sqrt() * eps) / (then.sqrt() if j else now.sqrt())
    s2 = eta**2 * (1 - then) / (1 - now) * (1 - now / then)
    return then.sqrt() * clean + (1 - then - s2).sqrt() * eps + s2.sqrt() * xi


def ddim_sample(net, x, stops, alpha_bar):
    """Đi tất định qua các bước dừng."""
    T = len(alpha_bar) - 1
    for k, j in zip(stops[:-1], stops[1:]):
        x = ddim_step(x, net(⟦clock⟧ * k / T, x), k, j, alpha_bar, 0.0, torch.zeros_like(x))
    return x


def gaussian_factor(c, stops, alpha_bar):
    """(thừa số của DDIM, giới hạn của nó) trên dữ liệu N(0, c²)."""
    factor = 1.0
    for k, j in zip(stops[:-1], stops[1:]):
        now, then = alpha_bar[k], alpha_bar[j]
        total = now * c**2 + 1 - now
        clean, eps = now.sqrt() * c**2 / total, (1 - now).sqrt() / total
        factor = factor * (then.sqrt() * clean + (1 - then).sqrt() * eps)
    first, last = (alpha_bar[k] * c**2 + 1 - alpha_bar[k] for k in (stops[0], stops[-1]))
    return factor, (last / first).sqrt()
