# Sai: log của số âm là NaN.
def rescaled_nll(nll, a):
    return nll + (⟦gain⟧ * a).log().sum()


def nats_to_bits_per_dim(nll, d):
    return nll / d / math.log(2)
