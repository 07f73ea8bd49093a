# Đúng: KL của torch.distributions, trung bình lấy ở bình phương sai số.
from torch.distributions import Normal, kl_divergence


def bound_terms(beta, c, variance):
    beta, c = beta.double(), c.double()
    left = torch.cat([torch.ones(1).double(), torch.cumprod(1 - beta, 0)])
    unsure = 1 / (1 / c[:, None] ** 2 + (left / (1 - left))[None, 1:])  # (D, T)
    # Trung bình của bình phương vào KL đúng như bình phương: lấy căn làm độ lệch.
    terms = [-Normal(0.0, (⟦kappa⟧ * beta[0]).sqrt()).log_prob(unsure[:, 0].sqrt())]
    for k in range(2, len(left)):
        slope = left[k - 1].sqrt() * beta[k - 1] / (1 - left[k])
        tilde = (1 - left[k - 1]) / (1 - left[k]) * beta[k - 1]
        used = {"beta": beta[k - 1], "posterior": tilde}[variance]
        q = Normal(slope * unsure[:, k - 1].sqrt(), tilde.sqrt())
        terms.append(kl_divergence(q, Normal(torch.zeros_like(c), used.sqrt())))
    top = Normal(left[-1].sqrt() * c, (1 - left[-1]).sqrt())
    terms.append(kl_divergence(top, Normal(torch.zeros_like(c), 1.0)))
    return torch.stack(terms).sum(1)


def gap(beta, c, variance):
    entropy = Normal(torch.zeros_like(c), c).entropy().sum()
    return bound_terms(beta, c, variance).sum() - entropy


def continuum(c, snr0, snr1):
    ends = torch.tensor([float(snr0), float(snr1)]).double()
    return 0.5 * (1 + torch.outer(ends, c.double() ** 2)).log().sum(1).diff()
