# Sai: torch.logdet cho NaN khi định thức âm.
def affine_flow(z, A, b):
    return z @ A.T + b, torch.logdet(A).expand(len(z))
