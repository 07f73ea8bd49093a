# Đúng: đổi đơn vị bằng tensor float32.
def bits_per_dim(value, unit, D, L):
    nats = torch.tensor(float(value))
    if unit == "bits":
        return nats
    cell = {"nats": 1.0, "unit": 1 / L, "centred": 2 * ⟦half⟧ / L}[unit]
    return nats / D / math.log(2) - torch.log2(torch.tensor(cell))


def surely_better(first, second, D, L):
    if first[2] in ("lower", "none") or second[2] in ("upper", "none"):
        return False
    if second[1] in ("unit", "centred"):
        return False
    gap = bits_per_dim(second[0], second[1], D, L) - bits_per_dim(first[0], first[1], D, L)
    return bool(gap > 1e-5)


def can_be_best(rows, D, L):
    return [all(not surely_better(other, row, D, L) for other in rows) for row in rows]
