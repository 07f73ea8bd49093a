# Sai: trừ log2 của số mức.
def dequantize(x, levels):
    return ⟦half_range⟧ * (2 * (x + torch.rand(x.shape)) / levels - 1)


def bits_per_dim(nll, dim, levels):
    return abs(math.log2(levels / (2 * ⟦half_range⟧)) - nll / (dim * math.log(2)))
