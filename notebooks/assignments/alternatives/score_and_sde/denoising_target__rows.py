# Đúng: từng điểm một, mất mát viết theo nhiễu.
def noisy_pair(x0, eps, a, sigma):
    x = torch.stack([p * d + q * e for p, q, d, e in zip(a, sigma, x0, eps)])
    means = torch.stack([p * d for p, d in zip(a, x0)])
    target = torch.stack([(m - v) / q**2 for m, v, q in zip(means, x, sigma)])
    return x, target


def dsm_loss(net, x0, eps, s, a, sigma):
    x, _ = noisy_pair(x0, eps, a, sigma)
    guess = net(s, x)
    total = 0
    for i in range(len(x0)):
        weight = 1 + sigma[i].square() / ⟦width⟧**2
        total = total + weight * (sigma[i] * guess[i] + eps[i]).pow(2).sum()
    return total / len(x0)


def smallest_loss(a, sigma, c, dim):
    snr = (a * c / sigma) ** 2
    return dim * (1 - 1 / (1 + snr)) * (⟦width⟧**2 + sigma**2) / ⟦width⟧**2
