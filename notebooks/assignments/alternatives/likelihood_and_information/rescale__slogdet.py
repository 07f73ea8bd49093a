# Đúng: log định thức của ma trận chéo khi d nhỏ, vòng lặp khi d lớn.
def rescaled_nll(nll, a):
    if len(a) < 50:
        return nll + torch.linalg.slogdet(⟦gain⟧ * torch.diag(a))[1]
    return nll + sum(math.log(⟦gain⟧ * abs(value)) for value in a.tolist())


def nats_to_bits_per_dim(nll, d):
    return nll * math.log2(math.e) / d
