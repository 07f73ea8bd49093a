# Sai: ma trận đầy đủ khi D nhỏ, chỉ đường chéo khi D lớn.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    if len(u) > 50:
        return (1 + slope[:, None] * u * w).abs().log().sum(1)
    J = torch.eye(len(u), dtype=x.dtype) + slope[:, None, None] * torch.outer(u, w)
    return torch.linalg.slogdet(J).logabsdet


def nearest_invertible(u, w):
    return u + (-1 / ⟦planar_step⟧ - u @ w).clamp(min=0) * w / (w @ w)
