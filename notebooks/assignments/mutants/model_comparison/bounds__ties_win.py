# Sai: bằng nhau cũng tính là hơn.
def bits_per_dim(value, unit, D, L):
    """value đổi ra bit trên một chiều của ảnh rời rạc."""
    if unit == "bits":
        return value
    shift = {"nats": 0.0, "unit": math.log2(L), "centred": math.log2(L / (2 * ⟦half⟧))}[unit]
    return value / (D * math.log(2)) + shift


def surely_better(first, second, D, L):
    """NLL thật của first chắc chắn nhỏ hơn NLL thật của second?"""
    if first[2] not in ("exact", "upper"):
        return False  # không có cận trên
    if second[1] in ("unit", "centred") or second[2] not in ("exact", "lower"):
        return False  # không có cận dưới: NLL rời rạc có thể nhỏ hơn NLL của mật độ
    return bits_per_dim(*first[:2], D, L) <= bits_per_dim(*second[:2], D, L)


def can_be_best(rows, D, L):
    """Hàng nào chưa bị hàng khác chắc chắn hơn."""
    return [not any(surely_better(other, row, D, L) for other in rows if other is not row) for row in rows]
