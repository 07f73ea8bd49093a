# Sai: quên nhân với số vị trí h·w.
def conv1x1(x, W):
    W = ⟦gain⟧ * W
    y = torch.einsum("ij,njhw->nihw", W, x)
    return y, torch.linalg.slogdet(W).logabsdet.expand(len(x))
