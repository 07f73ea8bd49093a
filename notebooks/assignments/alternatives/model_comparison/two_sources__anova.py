# Đúng: bảng phân tích phương sai: các bình phương trung bình.
def variance_parts(losses):
    L = losses.double()
    S, n = L.shape
    grand = L.mean()
    ms_rows = n * ((L.mean(1) - grand) ** 2).sum() / (S - 1)
    ms_columns = S * ((L.mean(0) - grand) ** 2).sum() / (n - 1)
    fitted = L.mean(1, keepdim=True) + L.mean(0, keepdim=True) - grand
    ms_rest = ((L - fitted) ** 2).sum() / (S - 1) / (n - 1)
    return torch.stack([(ms_rows - ms_rest) / n, (ms_columns - ms_rest) / S, ms_rest])


def standard_error(parts, seeds, points):
    A, B, E = torch.as_tensor(parts, dtype=torch.float64).clamp(min=0)
    return torch.sqrt((A + E / points) / seeds + B * (1 / points - 1 / ⟦bank⟧))


def seeds_needed(parts, points, target):
    A, B, E = torch.as_tensor(parts, dtype=torch.float64).clamp(min=0)
    if float(B * (1 / points - 1 / ⟦bank⟧)) > target**2 * (1 - 1e-12) and float(A + E) > 0:
        return float("inf")
    if float(B * (1 / points - 1 / ⟦bank⟧)) > target**2:
        return float("inf")
    seeds = 1
    while float(standard_error(parts, seeds, points)) > target:
        seeds += 1
    return seeds
