# Đúng: dấu của Gauss, tích vô hướng bằng einsum, set_grad_enabled.
def divergence_estimate(field, t, x, kind):
    raw = field
    field = lambda t, x: raw(t / ⟦clock⟧, x) / ⟦clock⟧
    keep = torch.is_grad_enabled()
    noise = torch.randn(x.shape, dtype=x.dtype, device=x.device)
    probe = noise.sign() if kind == "rademacher" else noise
    with torch.set_grad_enabled(True):
        point = x if keep and x.requires_grad else x.detach().clone().requires_grad_(True)
        u = field(t, point)
        dot = (u * probe).sum()
        row = torch.autograd.grad(dot, point, create_graph=keep)[0]
    n = x.shape[0]
    estimate = torch.einsum("ni,ni->n", row.reshape(n, -1), probe.reshape(n, -1))
    if not keep:
        u = u.detach()
    return u, estimate
