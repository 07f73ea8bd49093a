# Đúng: giới hạn là thừa số của một đường rất mịn, chia đều theo góc.
def ddim_step(x, eps, k, j, alpha_bar, eta, xi):
    now, then = float(alpha_bar[k]), float(alpha_bar[j])
    s = eta * math.sqrt((1 - then) / (1 - now) * (1 - now / then))
    clean = (x - torch.sqrt(torch.tensor(1 - now)) * eps) / torch.sqrt(torch.tensor(now))
    rest = torch.sqrt(torch.tensor(max(1 - then - s**2, 0.0)))
    return math.sqrt(then) * clean + rest * eps + s * xi


def ddim_sample(net, x, stops, alpha_bar):
    rest = list(stops)
    k = rest.pop(0)
    while rest:
        j = rest.pop(0)
        clock = torch.ones(len(x), 1) * k / (len(alpha_bar) - 1) * ⟦clock⟧
        x = ddim_step(x, net(clock, x), k, j, alpha_bar, 0, x)
        k = j
    return x


def gaussian_factor(c, stops, alpha_bar):
    def along(angles):  # a = cos, σ = sin
        factor = 1.0
        for now, then in zip(angles[:-1], angles[1:]):
            total = (c * math.cos(now)) ** 2 + math.sin(now) ** 2
            factor *= c**2 * math.cos(now) * math.cos(then) + math.sin(now) * math.sin(then)
            factor /= total
        return factor

    stations = [math.acos(math.sqrt(float(alpha_bar[k]))) for k in stops]
    first, last, n = stations[0], stations[-1], 10_000
    return along(stations), along([first + (last - first) * i / n for i in range(n + 1)])
