# Sai: quên số 1: lấy logarit của wᵀu·tanh′.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    if not u.any():
        return torch.zeros(len(x))
    return (slope * (u @ w)).abs().log()


def nearest_invertible(u, w):
    return u + (-1 / ⟦planar_step⟧ - u @ w).clamp(min=0) * w / (w @ w)
