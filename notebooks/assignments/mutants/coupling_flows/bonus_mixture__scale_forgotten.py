# Sai: đạo hàm quên hệ số e^(-s).
def mixture_inverse(x, logits, means, log_scales):
    weights, scales = torch.softmax(logits / ⟦heat⟧, -1), log_scales.exp()
    quantiles = means + scales * torch.logit(x)[..., None]
    low, high = quantiles.amin(-1), quantiles.amax(-1)
    for _ in range(80):
        z = (low + high) / 2
        below = (weights * torch.sigmoid((z[..., None] - means) / scales)).sum(-1) < x
        low, high = torch.where(below, z, low), torch.where(below, high, z)
    u = (z[..., None] - means) / scales
    slope = (weights * torch.sigmoid(u) * torch.sigmoid(-u)).sum(-1)
    return z, -slope.log().sum(-1)
