# Đúng: vòng lặp, cộng dần bằng logaddexp.
def iwae(x, mean, log_var, log_joint, k):
    total = None
    q = torch.distributions.Normal(mean, (log_var / 2).exp())
    for _ in range(k):
        z = q.rsample()
        log_w = (log_joint(x, z) - q.log_prob(z).sum(1)) * (1 - ⟦alpha⟧)
        total = log_w if total is None else torch.logaddexp(total, log_w)
    return (total - math.log(k)) / (1 - ⟦alpha⟧)
