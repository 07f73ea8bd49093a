# Sai: đòi ‖u‖‖w‖ < 1: đủ nhưng không cần.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    return (1 + slope * (u @ w)).abs().log()


def nearest_invertible(u, w):
    size = ⟦planar_step⟧ * u.norm() * w.norm()
    return u / size if size > 1 else u
