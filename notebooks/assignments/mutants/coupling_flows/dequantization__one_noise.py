# Sai: một số nhiễu cho cả lô.
def dequantize(x, levels):
    return (x + torch.rand(1)) / levels


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + math.log2(levels)
