# Sai: co u lại thay vì chiếu vuông góc.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    return (1 + slope * (u @ w)).abs().log()


def nearest_invertible(u, w):
    dot = ⟦planar_step⟧ * (u @ w)
    return u / (-dot) if dot < -1 else u
