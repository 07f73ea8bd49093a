# Sai: luôn dịch u bằng softplus, kể cả khi u đã được.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    return (1 + slope * (u @ w)).abs().log()


def nearest_invertible(u, w):
    dot = ⟦planar_step⟧ * (u @ w)
    return u + (-1 + torch.nn.functional.softplus(dot) - dot) / ⟦planar_step⟧ * w / (w @ w)
