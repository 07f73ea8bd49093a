# Sai: một số nhiễu cho mỗi ảnh.
def dequantize(x, levels):
    return ⟦half_range⟧ * (2 * (x + torch.rand(len(x), 1, 1, 1)) / levels - 1)


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + math.log2(levels / (2 * ⟦half_range⟧))
