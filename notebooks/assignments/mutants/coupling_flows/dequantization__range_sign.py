# Sai: thang rộng hơn thì mật độ thấp hơn, nhưng lại cộng log2 của độ rộng.
def dequantize(x, levels):
    return ⟦half_range⟧ * (2 * (x + torch.rand(x.shape)) / levels - 1)


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + math.log2(levels * 2 * ⟦half_range⟧)
