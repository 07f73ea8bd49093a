# Sai: quên b trong đối số của tanh.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w) ** 2)
    return (1 + slope * (u @ w)).abs().log()


def nearest_invertible(u, w):
    return u + (-1 / ⟦planar_step⟧ - u @ w).clamp(min=0) * w / (w @ w)
