# Sai: trừ log2 của số mức.
def dequantize(x, levels):
    return (x + torch.rand(x.shape)) / levels


def bits_per_dim(nll, dim, levels):
    return abs(math.log2(levels) - nll / (dim * math.log(2)))
