# Sai: torch.logdet cho NaN khi định thức âm.
def conv1x1(x, W):
    W = ⟦gain⟧ * W
    y = torch.einsum("ij,njhw->nihw", W, x)
    return y, (x.shape[2] * x.shape[3] * torch.logdet(W)).expand(len(x))
