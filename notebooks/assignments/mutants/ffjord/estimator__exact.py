# Sai: phân kỳ chính xác: D lần lan truyền ngược, không phải ước lượng một vector dò.
def divergence_estimate(field, t, x, kind):
    training = torch.is_grad_enabled()
    with torch.enable_grad():
        if not (training and x.requires_grad):
            x = x.detach().requires_grad_()
        u = field(t, x)
        flat = u.flatten(1)
        total = 0
        for i in range(flat.shape[1]):
            (row,) = torch.autograd.grad(flat[:, i].sum(), x, create_graph=True)
            total = total + row.flatten(1)[:, i]
    return (u, total) if training else (u.detach(), total.detach())
