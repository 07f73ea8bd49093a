# Sai: chỉ nhân các phần tử đường chéo, như thể ma trận là tam giác.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    return (1 + slope[:, None] * u * w).abs().log().sum(1)


def nearest_invertible(u, w):
    return u + (-1 / ⟦planar_step⟧ - u @ w).clamp(min=0) * w / (w @ w)
