# Đúng: nửa log của bình phương.
def rescaled_nll(nll, a):
    return 0.5 * torch.log((⟦gain⟧ * a) ** 2).sum() + nll


def nats_to_bits_per_dim(nll, d):
    return nll / math.log(2**1) / d
