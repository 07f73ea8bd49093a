# Sai: nhân LᵀL thay vì LLᵀ.
def ar1_forward(z, w):
    columns = [z[:, 0]]
    for i in range(1, z.shape[1]):
        columns.append(w * columns[-1] + z[:, i])
    return torch.stack(columns, 1)


def ar1_inverse(x, w):
    return torch.cat([x[:, :1], x[:, 1:] - w * x[:, :-1]], 1)


def ar1_log_prob(x, w):
    z = ar1_inverse(x, w)
    return -0.5 * (z.square() / ⟦noise⟧ + math.log(2 * math.pi * ⟦noise⟧)).sum(1)

def ar1_covariance(D, w):
    powers = torch.arange(D)[:, None] - torch.arange(D)
    L = torch.where(powers >= 0, float(w) ** powers.clamp(min=0), 0.0)
    return ⟦noise⟧ * L.T @ L
