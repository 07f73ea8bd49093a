# Sai: (m − x)/(1 − t): coi mọi hạt tới đúng trung bình.
def marginal_velocity(x, t, m, s):
    return (m - x) / (1 - t)


def trajectory(z, t, m, s):
    return t * m + math.sqrt(((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2) * z / ⟦source_std⟧


def smallest_loss(m, s):
    return math.pi * ⟦source_std⟧ * s / 2
