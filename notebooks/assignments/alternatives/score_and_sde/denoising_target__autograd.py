# Đúng: đích bằng vi phân tự động của log mật độ Gauss.
def noisy_pair(x0, eps, a, sigma):
    shape = (len(x0),) + (1,) * (x0.dim() - 1)
    law = torch.distributions.Normal(a.view(shape) * x0, sigma.view(shape).expand(x0.shape))
    x = (law.mean + law.stddev * eps).detach().requires_grad_()
    target = torch.autograd.grad(law.log_prob(x).sum(), x)[0]
    return x.detach(), target


def dsm_loss(net, x0, eps, s, a, sigma):
    x, target = noisy_pair(x0, eps, a, sigma)
    weight = sigma * (1 + (sigma / ⟦width⟧) ** 2).sqrt()
    miss = weight * (net(s, x) - target).transpose(0, -1)
    return (miss**2).sum() / len(x0)


def smallest_loss(a, sigma, c, dim):
    return torch.tensor(
        dim * (1 + (sigma / ⟦width⟧) ** 2) / (1 + (sigma / (a * c)) ** 2), dtype=torch.float64
    )
