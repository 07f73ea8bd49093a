# Đúng: log p trừ KL giữa hai Gauss hai chiều, float32.
from torch.distributions import MultivariateNormal, Normal, kl_divergence

x, u = ⟦point⟧, ⟦step_variance⟧
m1, v1 = ⟦q1_slope⟧ * x, ⟦q1_variance⟧
m2, v2 = ⟦q2_slope⟧ * m1, ⟦q2_variance⟧ + ⟦q2_slope⟧ ** 2 * v1
cov = ⟦q2_slope⟧ * v1
q = MultivariateNormal(torch.tensor([m1, m2]), torch.tensor([[v1, cov], [cov, v2]]))
prior = torch.tensor([[u + 1.0, 1.0], [1.0, 1.0]])
gain = prior[:, 0] / (u + 2)
posterior = MultivariateNormal(x * gain, prior - torch.outer(gain, prior[0]))
gap = kl_divergence(q, posterior)
elbo = Normal(0.0, math.sqrt(u + 2)).log_prob(torch.tensor(1.0 * x)) - gap
