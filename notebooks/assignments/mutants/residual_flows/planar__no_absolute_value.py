# Sai: quên giá trị tuyệt đối.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    return (1 + slope * (u @ w)).log()


def nearest_invertible(u, w):
    return u + (-1 / ⟦planar_step⟧ - u @ w).clamp(min=0) * w / (w @ w)
