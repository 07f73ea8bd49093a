# Sai: định thức tràn dưới thành 0 trước khi lấy log.
def affine_flow(z, A, b):
    T = ⟦temperature⟧
    return T * z @ A.T + b, torch.log(torch.linalg.det(T * A).abs()).expand(len(z))
