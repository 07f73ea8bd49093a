# Sai: nhân với chuyển vị của W.
def conv1x1(x, W):
    W = ⟦gain⟧ * W
    y = torch.einsum("ji,njhw->nihw", W, x)
    return y, (x.shape[2] * x.shape[3] * torch.linalg.slogdet(W).logabsdet).expand(len(x))
