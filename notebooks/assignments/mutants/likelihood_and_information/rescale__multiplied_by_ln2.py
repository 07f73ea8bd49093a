# Sai: đổi nat sang bit bằng phép nhân log 2.
def rescaled_nll(nll, a):
    return nll + (⟦gain⟧ * a.abs()).log().sum()


def nats_to_bits_per_dim(nll, d):
    return nll * math.log(2) / d
