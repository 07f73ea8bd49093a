# Sai: trừ log|a| thay vì cộng.
def rescaled_nll(nll, a):
    return nll - (⟦gain⟧ * a.abs()).log().sum()


def nats_to_bits_per_dim(nll, d):
    return nll / d / math.log(2)
