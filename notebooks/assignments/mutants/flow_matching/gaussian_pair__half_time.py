# Sai: lấy phương sai có điều kiện lúc t = ½ thay cho trung bình theo t.
def marginal_velocity(x, t, m, s):
    variance = ((1 - t) * ⟦source_std⟧) ** 2 + t**2 * s**2
    return m + (t * s**2 - (1 - t) * ⟦source_std⟧**2) / variance * (x - t * m)


def trajectory(z, t, m, s):
    return t * m + math.sqrt(((1 - t) * ⟦source_std⟧) ** 2 + (t * s) ** 2) * z / ⟦source_std⟧


def smallest_loss(m, s):
    return 4 * (⟦source_std⟧ * s) ** 2 / (⟦source_std⟧**2 + s**2)
