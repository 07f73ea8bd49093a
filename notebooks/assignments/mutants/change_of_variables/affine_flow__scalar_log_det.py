# Sai: log_det là một số thay vì một số cho mỗi mẫu.
def affine_flow(z, A, b):
    T = ⟦temperature⟧
    return T * z @ A.T + b, torch.linalg.slogdet(T * A).logabsdet
