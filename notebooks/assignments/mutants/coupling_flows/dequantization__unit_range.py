# Sai: đổi sang bit như thể dữ liệu nằm trên [0, 1).
def dequantize(x, levels):
    return ⟦half_range⟧ * (2 * (x + torch.rand(x.shape)) / levels - 1)


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + math.log2(levels)
