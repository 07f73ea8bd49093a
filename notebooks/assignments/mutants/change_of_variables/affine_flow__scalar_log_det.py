# Sai: log_det là một số thay vì một số cho mỗi mẫu.
def affine_flow(z, A, b):
    return z @ A.T + b, torch.linalg.slogdet(A).logabsdet
