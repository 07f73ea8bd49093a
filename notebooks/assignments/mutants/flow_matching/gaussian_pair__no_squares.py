# Sai: cộng độ lệch chuẩn thay vì phương sai.
def marginal_velocity(x, t, m, s):
    variance = ((1 - t) + t * s) ** 2
    return m + (t * s**2 - (1 - t)) / variance * (x - t * m)


def trajectory(z, t, m, s):
    return t * m + math.sqrt((1 - t) ** 2 + (t * s) ** 2) * z


def smallest_loss(m, s):
    return math.pi * s / 2
