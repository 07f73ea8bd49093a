# Đúng: Newton có chặn, bắt đầu từ điểm giữa.
def mixture_inverse(x, logits, means, log_scales):
    share = torch.log_softmax(logits / ⟦heat⟧, dim=-1).exp()

    def curve(z):
        level = torch.sigmoid((z.unsqueeze(-1) - means) * torch.exp(-log_scales))
        slope = level * (1 - level) * torch.exp(-log_scales)
        return (share * level).sum(-1), (share * slope).sum(-1)

    ends = means + torch.exp(log_scales) * torch.log(x / (1 - x)).unsqueeze(-1)
    low, high = ends.min(-1).values, ends.max(-1).values
    z = (low + high) / 2
    for _ in range(120):
        value, slope = curve(z)
        low, high = torch.where(value < x, z, low), torch.where(value < x, high, z)
        step = z - (value - x) / slope
        z = torch.where((step > low) & (step < high), step, (low + high) / 2)
    return z, -torch.log(curve(z)[1]).sum(1)
