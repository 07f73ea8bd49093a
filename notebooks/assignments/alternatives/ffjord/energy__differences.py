# Đúng: sai phân trên lưới dày; torch.func.vjp.
def kinetic_energy(path):
    t = torch.linspace(0, 1, 5001, dtype=torch.float64) * ⟦duration⟧
    places = path(t)
    return ⟦duration⟧ * float((places.diff(dim=0) / t.diff()[:, None]).pow(2).sum(1).mean())


def energy_bound(path):
    first, last = path(torch.tensor([0.0]).double()), path(torch.tensor([⟦duration⟧]).double())
    return ((last - first) ** 2).sum().item() / ⟦duration⟧


def rnode_rates(field, t, x, v):
    u, pull = torch.func.vjp(lambda y: field(t, y), x)
    row = pull(v)[0]
    return u, torch.einsum("ni,ni->n", row, v), torch.einsum("ni,ni->n", u, u), (row**2).sum(-1)
