# Đúng: dùng sigmoid của log SNR và kl_divergence.
def log_snr(beta):
    return torch.logit((1 - beta.double()).log().cumsum(0).exp())


def diffuse(x0, k, eps, beta):
    table = torch.cat([torch.tensor([math.inf], dtype=torch.float64), log_snr(beta)])
    chosen = table.gather(0, k).view(k.shape + (1,) * (x0.dim() - 1))
    return chosen.sigmoid() ** 0.5 * x0 + (-chosen).sigmoid() ** 0.5 * eps


def snr(beta):
    return log_snr(beta).exp()


def terminal_kl(x0, beta):
    normal = torch.distributions.Normal
    last = log_snr(beta)[-1]
    q = normal(last.sigmoid().sqrt() * x0.double(), (-last).sigmoid().sqrt())
    p = normal(torch.zeros(1).double(), math.sqrt(⟦start⟧))
    return torch.distributions.kl_divergence(q, p).sum(-1)
