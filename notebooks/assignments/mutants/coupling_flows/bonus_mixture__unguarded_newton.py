# Sai: Newton không chặn; giữa hai thành phần xa nhau, đạo hàm gần 0 và bước nhảy ra xa.
def mixture_inverse(x, logits, means, log_scales):
    weights, scales = torch.softmax(logits / ⟦heat⟧, -1), log_scales.exp()
    z = (weights * means).sum(-1)
    for _ in range(50):
        u = (z[..., None] - means) / scales
        slope = (weights / scales * torch.sigmoid(u) * torch.sigmoid(-u)).sum(-1)
        z = z - ((weights * torch.sigmoid(u)).sum(-1) - x) / slope
    return z, -slope.log().sum(-1)
