# Sai: trừ E/S ở hàng và E/n ở cột.
def variance_parts(losses):
    """(A, B, E): phương sai do hạt giống, do điểm, phần còn lại."""
    S, n = losses.shape
    table = losses.double() - losses.double().mean()
    rows, columns = table.mean(1), table.mean(0)
    E = (table - rows[:, None] - columns).square().sum() / ((S - 1) * (n - 1))
    return rows.var() - E / S, columns.var() - E / n, E


def standard_error(parts, seeds, points):
    """Sai số chuẩn của trung bình với seeds hạt giống và points điểm."""
    A, B, E = (max(float(part), 0.0) for part in parts)
    return math.sqrt(A / seeds + B * (1 / points - 1 / ⟦bank⟧) + E / (seeds * points))


def seeds_needed(parts, points, target):
    """Số hạt giống ít nhất, hoặc math.inf."""
    A, B, E = (max(float(part), 0.0) for part in parts)
    left, own = target**2 - B * (1 / points - 1 / ⟦bank⟧), A + E / points
    if own == 0:
        return 1 if left >= 0 else math.inf
    return max(1, math.ceil(own / left)) if left > 0 else math.inf
