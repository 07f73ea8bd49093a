# Đúng: từng điểm một, trừ số mũ lớn nhất.
def pieces(row, t, points):
    logs = [-0.5 * float((row - t * a).double().norm() / (1 - t)) ** 2 for a in points]
    top = max(logs)  # cùng lắm lệch log w
    masses = [math.exp(v - top) for v in logs]
    masses[0] *= ⟦weight⟧
    weights = [v / sum(masses) for v in masses]
    speeds = [(a - row) / (1 - t) for a in points]
    mean = sum(w * c for w, c in zip(weights, speeds))
    return weights, speeds, mean


def marginal_field(x, t, points):
    return torch.stack([pieces(row, t, points)[2] for row in x])


def spread(x, t, points):
    values = []
    for row in x:
        weights, speeds, mean = pieces(row, t, points)
        values.append(sum(w * float((c - mean) @ (c - mean)) for w, c in zip(weights, speeds)))
    return values
