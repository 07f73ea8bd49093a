# Sai: không cộng nhiễu.
def dequantize(x, levels):
    return x / levels


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + math.log2(levels)
