# Sai: chia cho levels - 1 nên vượt quá 1.
def dequantize(x, levels):
    return (x + torch.rand(x.shape)) / (levels - 1)


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + math.log2(levels)
