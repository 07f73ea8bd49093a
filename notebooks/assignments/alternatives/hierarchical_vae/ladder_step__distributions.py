# Đúng: độ chính xác cộng lại, KL từ torch.distributions.
from torch.distributions import Independent, Normal, kl_divergence


def ladder_step(mean_p, var_p, mean_d, var_d):
    heard = ⟦trust⟧ * var_d.reciprocal()
    precision = var_p.reciprocal() + heard
    mean_q = (mean_p * var_p.reciprocal() + mean_d * heard) / precision
    var_q = precision.reciprocal()
    q = Independent(Normal(mean_q, var_q.sqrt()), 1)
    p = Independent(Normal(mean_p, var_p.sqrt()), 1)
    return mean_q, var_q, kl_divergence(q, p)
