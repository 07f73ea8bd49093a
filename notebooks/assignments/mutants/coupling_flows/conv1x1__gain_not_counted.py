# Sai: quên log-định thức của actnorm.
def conv1x1(x, W):
    y = torch.einsum("ij,njhw->nihw", ⟦gain⟧ * W, x)
    return y, (x.shape[2] * x.shape[3] * torch.linalg.slogdet(W).logabsdet).expand(len(x))
