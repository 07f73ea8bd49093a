# Đúng: KL bằng entropy chéo trừ entropy, từng chiều một.
def kl_to_prior(mean, log_var):
    tau = ⟦prior_variance⟧
    cross_entropy = 0.5 * (math.log(2 * math.pi * tau) + (mean**2 + torch.exp(log_var)) / tau)
    entropy = 0.5 * (math.log(2 * math.pi * math.e) + log_var)
    return (cross_entropy - entropy).sum(dim=-1)
