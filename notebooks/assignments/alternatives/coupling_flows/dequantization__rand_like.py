# Đúng: rand_like và đổi kiểu trước.
def dequantize(x, levels):
    half = levels / 2
    return (x.float() + torch.rand_like(x.float()) - half) / half * torch.tensor(⟦half_range⟧)


def bits_per_dim(nll, dim, levels):
    return (nll / dim + math.log(levels) - math.log(2) - math.log(⟦half_range⟧)) / math.log(2)
