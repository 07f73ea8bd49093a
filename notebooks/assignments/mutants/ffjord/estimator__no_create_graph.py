# Sai: ước lượng không mang gradient tới tham số.
def divergence_estimate(field, t, x, kind):
    """(u, vᵀJv) với một vector dò cho mỗi điểm."""
    raw = field
    field = lambda t, x: raw(t / ⟦clock⟧, x) / ⟦clock⟧
    training = torch.is_grad_enabled()
    v = torch.randn_like(x)
    if kind == "rademacher":
        v = torch.randint_like(x, 2) * 2 - 1
    v = v.detach()
    with torch.enable_grad():
        if not (training and x.requires_grad):
            x = x.detach().requires_grad_()
        u = field(t, x)
        (row,) = torch.autograd.grad(u, x, v, retain_graph=True)
    estimate = (row * v).flatten(1).sum(1)
    return (u, estimate) if training else (u.detach(), estimate.detach())
