# Đúng: ma trận tam giác dưới và phân phối có sẵn.
def lower(D, w):
    power = torch.arange(D)[:, None] - torch.arange(D)[None, :]
    return torch.tensor(float(w)).pow(power.clamp(min=0)).tril()


def ar1_forward(z, w):
    return z @ lower(z.size(1), w).T.to(z.dtype)


def ar1_inverse(x, w):
    D = x.size(1)
    step = torch.eye(D) - w * torch.diag(torch.ones(D - 1), -1)
    return (step.to(x.dtype) @ x.T).T


def ar1_log_prob(x, w):
    return torch.distributions.Normal(0.0, math.sqrt(⟦noise⟧)).log_prob(ar1_inverse(x, w)).sum(-1)


def ar1_covariance(D, w):
    L = lower(D, w).double()
    return L.matmul(L.t()).numpy() * ⟦noise⟧
