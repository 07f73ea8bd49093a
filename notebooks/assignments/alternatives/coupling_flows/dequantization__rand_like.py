# Đúng: rand_like và đổi kiểu trước.
def dequantize(x, levels):
    return (x.float() + torch.rand_like(x.float())) / levels


def bits_per_dim(nll, dim, levels):
    return (nll / dim + math.log(levels)) / math.log(2)
