# Đúng: mọi thứ đổi về nat trên một ảnh rời rạc, tensor.
def total(value, unit, D, L):
    volume = {"unit": D * math.log(L), "centred": D * math.log(L / (2 * ⟦half⟧))}
    return value * D * math.log(2) if unit == "bits" else value + volume.get(unit, 0.0)


def bits_per_dim(value, unit, D, L):
    return torch.tensor(total(value, unit, D, L), dtype=torch.float64) / (D * math.log(2))


def surely_better(first, second, D, L):
    best_case = {"exact": True, "upper": True}.get(first[2], False)
    worst_case = second[1] in "nats bits" and second[2] in ("exact", "lower")
    if best_case and worst_case:
        return total(*first[:2], D, L) < total(*second[:2], D, L) - 1e-9
    return False


def can_be_best(rows, D, L):
    keep = torch.ones(len(rows), dtype=torch.bool)
    for i, row in enumerate(rows):
        for j, other in enumerate(rows):
            if i != j and surely_better(other, row, D, L):
                keep[i] = False
    return keep
