# Đúng: khoảng chắc chắn của từng hàng.
def bits_per_dim(value, unit, D, L):
    log2 = math.log(2)
    if unit == "nats":
        return value / D / log2
    if unit == "unit":
        return (value + D * math.log(L)) / D / log2
    if unit == "centred":
        return (value + D * math.log(L / (2 * ⟦half⟧))) / D / log2
    return value


def interval(row, D, L):
    value, unit, kind = row
    discrete = unit in ("nats", "bits")
    bits = bits_per_dim(value, unit, D, L)
    low = bits if discrete and kind in ("exact", "lower") else 0.0
    high = bits if kind in ("exact", "upper") else math.inf
    return low, high


def surely_better(first, second, D, L):
    return interval(first, D, L)[1] < interval(second, D, L)[0]


def can_be_best(rows, D, L):
    lowest = min(interval(row, D, L)[1] for row in rows)
    return [interval(row, D, L)[0] <= lowest for row in rows]
