# Sai: lấy trung bình các nghịch ảnh của từng thành phần.
def mixture_inverse(x, logits, means, log_scales):
    weights, scales = torch.softmax(logits / ⟦heat⟧, -1), log_scales.exp()
    z = (weights * (means + scales * torch.logit(x)[..., None])).sum(-1)
    u = (z[..., None] - means) / scales
    slope = (weights / scales * torch.sigmoid(u) * torch.sigmoid(-u)).sum(-1)
    return z, -slope.log().sum(-1)
