# Sai: một số nhiễu cho mỗi ảnh.
def dequantize(x, levels):
    return (x + torch.rand(len(x), 1, 1, 1)) / levels


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + math.log2(levels)
