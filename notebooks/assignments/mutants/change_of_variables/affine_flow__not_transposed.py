# Sai: quên chuyển vị: tính zA thay vì Az.
def affine_flow(z, A, b):
    return z @ A + b, torch.linalg.slogdet(A).logabsdet.expand(len(z))
