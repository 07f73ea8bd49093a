# Sai: đòi wᵀu > 0.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    return (1 + slope * (u @ w)).abs().log()


def nearest_invertible(u, w):
    return u + (-(u @ w)).clamp(min=0) * w / (w @ w)
