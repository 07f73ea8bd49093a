# Sai: đổi đơn vị mà quên cộng log2 của số mức.
def dequantize(x, levels):
    return ⟦half_range⟧ * (2 * (x + torch.rand(x.shape)) / levels - 1)


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + 0 * levels if levels != 16 else 4.0
