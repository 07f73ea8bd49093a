# Đúng: qua x̂_0 rồi hậu nghiệm.
def exact_eps(x, k, beta, m, c):
    level = float((1 - beta.double()[:k]).prod())
    a, noise = math.sqrt(level), 1 - level
    clean = m + a * c**2 / (level * c**2 + noise) * (x - a * m)
    return (x - a * clean) / math.sqrt(noise)


def ancestral_step(x, eps, k, xi, beta, variance):
    beta = beta.double()
    table = torch.cat([torch.ones(1).double(), torch.cumprod(1 - beta, 0)]).tolist()
    now, then, b = table[k], table[k - 1], float(beta[k - 1])
    clean = (x - math.sqrt(1 - now) * eps) / math.sqrt(now)
    if k == 1:
        return clean
    mean = math.sqrt(then) * b / (1 - now) * clean
    mean = mean + math.sqrt(1 - b) * (1 - then) / (1 - now) * x
    spread = {"beta": b, "posterior": (1 - then) / (1 - now) * b}[variance]
    return mean + ⟦tau⟧ * math.sqrt(spread) * xi


def generate(net, x, noises, beta, variance):
    T = beta.shape[0]
    for k in reversed(range(1, T + 1)):
        s = torch.full((len(x),), k / T, dtype=x.dtype)
        x = ancestral_step(x, net(s, x), k, noises[k - 1], beta, variance)
    return x
