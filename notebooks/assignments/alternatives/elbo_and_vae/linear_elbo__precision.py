# Đúng: viết hậu nghiệm bằng độ chính xác (nghịch đảo phương sai).
def linear_elbo(x, a, s2, m, v):
    from torch.distributions import Normal, kl_divergence

    def normal(mean, variance):
        mean, variance = (torch.tensor(t, dtype=torch.float64) for t in (mean, variance))
        return Normal(mean, variance.sqrt(), validate_args=False)

    precision = 1 + a * a / s2
    q = normal(m, v)
    log_p = normal(⟦offset⟧, a * a + s2).log_prob(torch.tensor(x, dtype=torch.float64))
    reconstruction = normal(a * m + ⟦offset⟧, s2).log_prob(torch.tensor(x, dtype=torch.float64))
    reconstruction = reconstruction - a * a * v / (2 * s2)
    elbo = reconstruction - kl_divergence(q, normal(0.0, 1.0))
    return log_p, elbo, kl_divergence(q, normal(a * (x - ⟦offset⟧) / s2 / precision, 1 / precision))
