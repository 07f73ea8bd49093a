# Sai: cộng log κ một lần, quên rằng chiều nào cũng được nhân với κ.
def rescaled_nll(nll, a):
    return nll + a.abs().log().sum() + math.log(⟦gain⟧)


def nats_to_bits_per_dim(nll, d):
    return nll / d / math.log(2)
