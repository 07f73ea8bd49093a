# Đúng: tính sẵn các bảng hệ số, bước viết bằng DDIM tổng quát.
def tables(beta):
    left = torch.cat([torch.ones_like(beta[:1]), (1 - beta).cumprod(0)])
    return left.sqrt(), (1 - left).sqrt()


def exact_eps(x, k, beta, m, c):
    a, sigma = (table[k] for table in tables(beta))
    return sigma * (x - a * m) / ((a * c) ** 2 + sigma**2)


def ancestral_step(x, eps, k, xi, beta, variance):
    a, sigma = tables(beta)
    tilde = sigma[k - 1] ** 2 / sigma[k] ** 2 * beta[k - 1]
    clean = (x - sigma[k] * eps) / a[k]
    mean = a[k - 1] * clean + (sigma[k - 1] ** 2 - tilde).clamp(min=0).sqrt() * eps
    if k > 1:
        spread = tilde if variance == "posterior" else beta[k - 1]
        mean = mean + spread.sqrt() * (⟦tau⟧ * xi)
    return mean


def generate(net, x, noises, beta, variance):
    k = len(beta)
    while k:
        eps = net(torch.tensor(k / len(beta)), x)
        x = ancestral_step(x, eps, k, noises[k - 1], beta, variance)
        k -= 1
    return x
