# Sai: nhân trước rồi mới lấy log, tràn số khi d lớn.
def rescaled_nll(nll, a):
    return nll + (⟦gain⟧ * a).prod().abs().log()


def nats_to_bits_per_dim(nll, d):
    return nll / d / math.log(2)
