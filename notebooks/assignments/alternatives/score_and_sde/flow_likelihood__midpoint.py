# Đúng: điểm giữa; vết bằng vmap của Jacobi.
def flow(score, s, x, beta_min, beta_max):
    beta = (1 - s) * beta_min + s * beta_max
    return -0.5 * beta * x - 0.5 * ⟦nu⟧ * beta * score(s, x)


def divergence(score, s, x, beta_min, beta_max):
    eye = torch.eye(x.shape[1], dtype=x.dtype)
    total = torch.zeros(len(x), dtype=x.dtype)
    for e in eye:
        push = e.expand_as(x).contiguous()
        _, change = torch.autograd.functional.jvp(
            lambda y: flow(score, s, y, beta_min, beta_max), x, push
        )
        total = total + (change * push).sum(1)
    return total


def log_likelihood(score, x, beta_min, beta_max):
    n = 200
    total = torch.zeros(len(x), dtype=x.dtype)
    for k in range(n):
        s = (k + 0.5) / n
        half = x + 0.5 / n * flow(score, k / n, x, beta_min, beta_max)
        total = total + divergence(score, s, half, beta_min, beta_max) / n
        x = x + flow(score, s, half, beta_min, beta_max) / n
    law = torch.distributions.Normal(0.0, math.sqrt(⟦nu⟧))
    return law.log_prob(x).sum(1) + total
