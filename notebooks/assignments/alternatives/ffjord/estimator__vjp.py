# Đúng: torch.func.vjp, Bernoulli.
def divergence_estimate(field, t, x, kind):
    raw = field
    field = lambda t, x: raw(t / ⟦clock⟧, x) / ⟦clock⟧
    v = torch.empty_like(x)
    with torch.no_grad():
        v = v.normal_() if kind != "rademacher" else 1 - 2 * v.bernoulli_(0.5)
    u, pull = torch.func.vjp(lambda y: field(t, y), x)
    (row,) = pull(v)
    return u, torch.flatten(v * row, 1).sum(-1)
