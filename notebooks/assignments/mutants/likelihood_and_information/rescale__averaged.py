# Sai: lấy trung bình log|a| thay vì tổng trên mọi chiều.
def rescaled_nll(nll, a):
    return nll + (⟦gain⟧ * a.abs()).log().mean()


def nats_to_bits_per_dim(nll, d):
    return nll / d / math.log(2)
