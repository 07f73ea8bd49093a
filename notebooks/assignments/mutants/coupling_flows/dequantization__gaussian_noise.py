# Sai: nhiễu Gauss thay vì nhiễu đều.
def dequantize(x, levels):
    return ⟦half_range⟧ * (2 * (x + 0.5 + 0.29 * torch.randn(x.shape).clamp(-1.7, 1.7)) / levels - 1)


def bits_per_dim(nll, dim, levels):
    return nll / (dim * math.log(2)) + math.log2(levels / (2 * ⟦half_range⟧))
