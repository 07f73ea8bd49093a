# Đúng: Euler trên y = x/a theo r = σ/a.
def ddim_step(x, eps, k, j, alpha_bar, eta, xi):
    a, sigma = alpha_bar.double().sqrt(), (1 - alpha_bar.double()).sqrt()
    ratio = a[k] / a[j]
    s = eta * sigma[j] / sigma[k] * (1 - ratio**2).sqrt()
    rest = (sigma[j] ** 2 - s**2).clamp(min=0).sqrt()
    return x / ratio + (rest - sigma[k] / ratio) * eps + s * xi


def ddim_sample(net, x, stops, alpha_bar):
    r = ((1 - alpha_bar) / alpha_bar).sqrt()
    T = alpha_bar.numel() - 1
    y = x / alpha_bar[stops[0]].sqrt()
    for i in range(1, len(stops)):
        k, j = stops[i - 1], stops[i]
        y = y + (r[j] - r[k]) * net(⟦clock⟧ * k / T, alpha_bar[k].sqrt() * y)
    return alpha_bar[stops[-1]].sqrt() * y


def gaussian_factor(c, stops, alpha_bar):
    r = ((1 - alpha_bar) / alpha_bar).sqrt().tolist()
    stretch = math.sqrt(float(alpha_bar[stops[-1]] / alpha_bar[stops[0]]))
    product = 1.0
    for k, j in zip(stops, stops[1:]):
        product *= 1 + (r[j] - r[k]) * r[k] / (c**2 + r[k] ** 2)
    limit = math.sqrt((c**2 + r[stops[-1]] ** 2) / (c**2 + r[stops[0]] ** 2))
    return stretch * product, stretch * limit
