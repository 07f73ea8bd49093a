# Đúng: torch.func: ma trận Jacobi của từng điểm, điểm giữa nhiều bước, đi xuôi trong một lần.
def _rates(field, t, x):
    J = torch.func.vmap(torch.func.jacrev(lambda row: field(t, row[None])[0]))(x)
    return field(t, x).detach(), J.diagonal(dim1=1, dim2=2).sum(1).detach()


def _solve(field, x, start, end, steps=80):
    x, change = x.double(), torch.zeros(len(x), dtype=torch.float64)
    h = (end - start) / steps
    for k in range(steps):
        t = start + k * h
        middle = x + h / 2 * field(t, x).detach()
        u, d = _rates(field, t + h / 2, middle)
        x, change = x + h * u, change + h * d
    return x, change


def log_prob(field, x):
    z, change = _solve(field, x.detach(), ⟦end⟧, 0.0)
    return torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1) + change


def sample_log_prob(field, z):
    x, change = _solve(field, z.detach(), 0.0, ⟦end⟧)
    return x, torch.distributions.Normal(0.0, 1.0).log_prob(z.double()).sum(1) - change
