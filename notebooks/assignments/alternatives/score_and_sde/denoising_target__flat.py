# Đúng: trải phẳng, một phép einsum.
def noisy_pair(x0, eps, a, sigma):
    flat, noise = x0.flatten(1) if x0.ndim > 1 else x0[:, None], eps.reshape(len(eps), -1)
    x = torch.einsum("n,nd->nd", a, flat) + torch.einsum("n,nd->nd", sigma, noise)
    return x.view_as(x0), -(noise / sigma[:, None]).view_as(x0)


def dsm_loss(net, x0, eps, s, a, sigma):
    x, target = noisy_pair(x0, eps, a, sigma)
    gap = (net(s, x) - target).reshape(len(x), -1)
    weight = sigma**2 + sigma**4 / ⟦width⟧**2
    return torch.einsum("nd,nd,n->", gap, gap, weight) / len(x)


def smallest_loss(a, sigma, c, dim):
    gain = sigma / (a**2 * c**2 + sigma**2)  # hệ số hồi quy của ε lên x_s
    return dim * (1 - gain * sigma) * (1 + sigma**2 / ⟦width⟧**2)
