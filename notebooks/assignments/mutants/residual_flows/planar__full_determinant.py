# Sai: dựng cả ma trận D × D.
def planar_log_det(x, u, w, b):
    slope = ⟦planar_step⟧ * (1 - torch.tanh(x @ w + b) ** 2)
    J = torch.eye(len(u), dtype=x.dtype) + slope[:, None, None] * torch.outer(u, w)
    return torch.linalg.slogdet(J).logabsdet


def nearest_invertible(u, w):
    return u + (-1 / ⟦planar_step⟧ - u @ w).clamp(min=0) * w / (w @ w)
