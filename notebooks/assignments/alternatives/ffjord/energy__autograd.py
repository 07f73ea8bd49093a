# Đúng: vi phân ngược từng tọa độ, Simpson; set_grad_enabled.
def kinetic_energy(path):
    t = torch.linspace(0, ⟦duration⟧, 1001, dtype=torch.float64).requires_grad_()
    with torch.enable_grad():
        x = path(t)
        total = 0
        for i in range(x.shape[1]):
            total = total + torch.autograd.grad(x[:, i].sum(), t, retain_graph=True)[0] ** 2
    weights = torch.full((1001,), 2.0, dtype=torch.float64)
    weights[1::2] = 4
    weights[[0, -1]] = 1
    return (weights * total).sum().numpy() * ⟦duration⟧ / 3000


def energy_bound(path):
    ends = path(⟦duration⟧ * torch.arange(2).double()).detach().numpy()
    return ((ends[1] - ends[0]) ** 2).sum() / ⟦duration⟧


def rnode_rates(field, t, x, v):
    keep = torch.is_grad_enabled()
    with torch.set_grad_enabled(True):
        leaf = x if keep and x.requires_grad else x.detach().clone().requires_grad_()
        u = field(t, leaf)
        row = torch.autograd.grad((u * v).sum(), leaf, create_graph=True)[0]
        out = [u, (v * row).sum(1), u.norm(dim=1) ** 2, row.norm(dim=1) ** 2]
    return out if keep else [value.detach() for value in out]
