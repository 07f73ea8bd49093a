# Sai: dùng tanh thay cho đạo hàm của tanh.
def planar_log_det(x, u, w, b):
    return (1 + ⟦planar_step⟧ * torch.tanh(x @ w + b) * (u @ w)).abs().log()


def nearest_invertible(u, w):
    return u + (-1 / ⟦planar_step⟧ - u @ w).clamp(min=0) * w / (w @ w)
