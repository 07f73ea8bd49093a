# Đúng: viết đệ quy.
def chain_log_prob(x, maps):
    if len(maps) == 0:
        return torch.distributions.Normal(0.0, math.sqrt(⟦chain_variance⟧)).log_prob(x)
    *rest, (inverse, derivative) = maps
    h = inverse(x)
    return chain_log_prob(h, rest) - torch.log(torch.abs(derivative(h)))
