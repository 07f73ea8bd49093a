# Sai: Jv thay vì vᵀJ.
def kinetic_energy(path):
    t = ⟦duration⟧ * (torch.arange(2000, dtype=torch.float64) + 0.5) / 2000
    _, speed = torch.func.jvp(path, (t,), (torch.ones_like(t),))
    return ⟦duration⟧ * speed.square().sum(1).mean()


def energy_bound(path):
    ends = path(torch.tensor([0.0, ⟦duration⟧], dtype=torch.float64))
    return (ends[1] - ends[0]).square().sum() / ⟦duration⟧


def rnode_rates(field, t, x, v):
    u, column = torch.func.jvp(lambda y: field(t, y), (x,), (v,))
    return u, (column * v).sum(1), u.square().sum(1), column.square().sum(1)
