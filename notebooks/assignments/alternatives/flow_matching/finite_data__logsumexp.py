# Đúng: logsumexp, và vận tốc từng điểm.
def speeds_and_weights(x, t, points):
    noise = (x[:, None] - t * points[None]) / (1 - t)
    logs = -noise.square().sum(2) / 2
    prior = torch.ones(len(points), dtype=x.dtype)
    prior[0] = ⟦weight⟧
    logs = logs + prior.log()
    weights = (logs - logs.logsumexp(1, keepdim=True)).exp()
    return points[None] - noise, weights


def marginal_field(x, t, points):
    speeds, weights = speeds_and_weights(x, t, points)
    return (weights[:, :, None] * speeds).sum(1)


def spread(x, t, points):
    speeds, weights = speeds_and_weights(x, t, points)
    mean = (weights[:, :, None] * speeds).sum(1, keepdim=True)
    return (weights * (speeds - mean).square().sum(2)).sum(1)
