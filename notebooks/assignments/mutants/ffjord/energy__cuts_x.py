# Sai: luôn tách x: gradient không về được x.
def kinetic_energy(path):
    """∫‖ẋ‖² dt của một đường."""
    t = ⟦duration⟧ * (torch.arange(2000, dtype=torch.float64) + 0.5) / 2000
    _, speed = torch.func.jvp(path, (t,), (torch.ones_like(t),))
    return ⟦duration⟧ * speed.square().sum(1).mean()


def energy_bound(path):
    """Động năng nhỏ nhất với hai đầu ấy."""
    ends = path(torch.tensor([0.0, ⟦duration⟧], dtype=torch.float64))
    return (ends[1] - ends[0]).square().sum() / ⟦duration⟧


def rnode_rates(field, t, x, v):
    """(u, vᵀJv, ‖u‖², ‖vᵀJ‖²) từ một lần gọi trường."""
    training = torch.is_grad_enabled()
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        u = field(t, x)
        (row,) = torch.autograd.grad(u, x, v, create_graph=training)
    results = u, (row * v).sum(1), u.square().sum(1), row.square().sum(1)
    return results if training else tuple(value.detach() for value in results)
