# Sai: h_i chỉ gồm w·z_{i−1}.
def ar1_forward(z, w):
    return torch.cat([z[:, :1], z[:, 1:] + w * z[:, :-1]], 1)


def ar1_inverse(x, w):
    columns = [x[:, 0]]
    for i in range(1, x.shape[1]):
        columns.append(x[:, i] - w * columns[-1])
    return torch.stack(columns, 1)


def ar1_log_prob(x, w):
    z = ar1_inverse(x, w)
    return -0.5 * (z.square() / ⟦noise⟧ + math.log(2 * math.pi * ⟦noise⟧)).sum(1)


def ar1_covariance(D, w):
    L = torch.eye(D) + w * torch.ones(D, D).tril(-1).triu(-1)
    return ⟦noise⟧ * L @ L.T
