# Sai: coi phương sai dữ liệu là 1.
def exact_eps(x, k, beta, m, c):
    """E[ε | x_k = x] với dữ liệu N(m, c²)."""
    level = (1 - beta[:k]).prod()
    total = 1.0 + 0 * level
    return (1 - level).sqrt() * (x - level.sqrt() * m) / total


def ancestral_step(x, eps, k, xi, beta, variance):
    """Một bước ngược, từ x_k về x_{k−1}."""
    now, before, b = (1 - beta[:k]).prod(), (1 - beta[: k - 1]).prod(), beta[k - 1]
    mean = (x - b / (1 - now).sqrt() * eps) / (1 - b).sqrt()
    if k == 1:
        return mean
    s2 = b if variance == "beta" else (1 - before) / (1 - now) * b
    return mean + ⟦tau⟧ * s2.sqrt() * xi


def generate(net, x, noises, beta, variance):
    """Trọn chuỗi ngược, từ x_T về x_0."""
    T = len(beta)
    for k in range(T, 0, -1):
        x = ancestral_step(x, net(k / T, x), k, noises[k - 1], beta, variance)
    return x
