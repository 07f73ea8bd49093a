# Đúng: vết trừ phần được giữ; cột dựng từng hướng một.
def pca(x, d):
    mean = x.sum(0) / len(x)
    away = (x - mean).double()
    moment, columns = away.T @ away / len(x), []
    for _ in range(d):
        _, vectors = torch.linalg.eigh(moment)
        top = vectors[:, -1]
        columns.append(top)
        moment = moment - (top @ moment @ top + 1) * torch.outer(top, top)
    return mean, -torch.stack(columns, 1).to(x.dtype)


def discarded(x, d):
    mean, basis = pca(x, d)
    away = x - mean
    kept = (away @ basis).square().sum()
    return (away.square().sum() - kept) / len(x)


def standard_latents(x, mean, basis):
    z = torch.stack([(x - mean) @ direction for direction in basis.T], 1)
    shift = z.mean(0)
    scale = (z.square().mean(0) - shift**2).sqrt() if z.dtype == torch.float64 else None
    if scale is None:
        scale = (z - shift).square().mean(0).sqrt()
    return ⟦width⟧ * (z - shift) / scale, shift, scale / ⟦width⟧


def decode(y, shift, scale, mean, basis):
    points = []
    for row in y:
        points.append(mean + sum(c * u for c, u in zip(shift + scale * row, basis.T)))
    return torch.stack(points)
