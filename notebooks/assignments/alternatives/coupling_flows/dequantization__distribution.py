# Đúng: phân phối đều của torch, kết quả float64.
def dequantize(x, levels):
    noise = torch.distributions.Uniform(0, 1).sample(x.shape).double()
    return (x.div(levels) + noise / levels - 0.5) * 2 * ⟦half_range⟧


def bits_per_dim(nll, dim, levels):
    return (nll - dim * math.log(2 * ⟦half_range⟧ / levels)) * math.log2(math.e) / dim
