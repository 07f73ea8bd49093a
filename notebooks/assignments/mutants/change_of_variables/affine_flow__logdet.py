# Sai: torch.logdet cho NaN khi định thức âm.
def affine_flow(z, A, b):
    T = ⟦temperature⟧
    return T * z @ A.T + b, torch.logdet(T * A).expand(len(z))
