# Đúng: log p trừ KL giữa hai Gauss hai chiều.
from torch.distributions import MultivariateNormal, kl_divergence

q = MultivariateNormal(
    torch.tensor([1.0, 0.25], dtype=torch.float64),
    torch.tensor([[0.5, 0.125], [0.125, 0.53125]], dtype=torch.float64),
)
prior = torch.tensor([[3.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
gain = prior[:, 0] / 4
posterior = MultivariateNormal(2 * gain, prior - torch.outer(gain, prior[0]))
gap = kl_divergence(q, posterior)
elbo = -0.5 * (math.log(8 * math.pi) + 1) - gap
