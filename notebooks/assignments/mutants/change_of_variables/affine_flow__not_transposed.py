# Sai: quên chuyển vị: tính zA thay vì Az.
def affine_flow(z, A, b):
    T = ⟦temperature⟧
    return T * z @ A + b, torch.linalg.slogdet(T * A).logabsdet.expand(len(z))
