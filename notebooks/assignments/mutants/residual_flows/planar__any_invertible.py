# Sai: trả về một vector khả nghịch nào đó (0) thay vì vector gần nhất.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    return (1 + slope * (u @ w)).abs().log()


def nearest_invertible(u, w):
    return u if u @ w >= -1 / ⟦planar_step⟧ else torch.zeros_like(u)
