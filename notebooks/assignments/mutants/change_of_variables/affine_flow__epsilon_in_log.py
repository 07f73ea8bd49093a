# Sai: cộng một lượng nhỏ vào trong log để tránh log 0.
def affine_flow(z, A, b):
    T = ⟦temperature⟧
    return T * z @ A.T + b, torch.log(torch.linalg.det(T * A).abs() + 1e-3).expand(len(z))
