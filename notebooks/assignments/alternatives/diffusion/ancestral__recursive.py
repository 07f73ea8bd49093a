# Đúng: đệ quy theo k.
def exact_eps(x, k, beta, m, c):
    signal, noise = 1.0, 0.0
    for b in beta[:k].tolist():
        signal, noise = signal * math.sqrt(1 - b), (1 - b) * noise + b
    return math.sqrt(noise) / (signal**2 * c**2 + noise) * (x - signal * m)


def ancestral_step(x, eps, k, xi, beta, variance):
    before = 1 - torch.prod(1 - beta[: k - 1])
    after = 1 - torch.prod(1 - beta[:k])
    chosen = beta[k - 1] * (1 if variance == "beta" else before / after)
    less = x - beta[k - 1] * after.rsqrt() * eps
    return less * (1 - beta[k - 1]).rsqrt() + ⟦tau⟧ * chosen.sqrt() * xi * float(k > 1)


def generate(net, x, noises, beta, variance):
    def down(x, k):
        if k == 0:
            return x
        eps = net(k / len(beta), x)
        return down(ancestral_step(x, eps, k, noises[k - 1], beta, variance), k - 1)

    return down(x, len(beta))
