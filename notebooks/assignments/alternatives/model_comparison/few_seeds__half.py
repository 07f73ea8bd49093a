# Đúng: cố định dấu của hạt đầu (đối xứng), tensor cumprod.
def sign_flip_p(differences):
    d = differences.double() - ⟦margin⟧
    sums = d[:1]
    for value in d[1:]:
        sums = torch.stack([sums - value, sums + value]).flatten()
    seen = d.sum().abs()
    return torch.count_nonzero(sums.abs() + 1e-9 >= seen) / sums.numel()


def smallest_p(S):
    return torch.tensor(0.5).double() ** (S - 1)


def holm(p, alpha):
    values, order = torch.sort(p)
    K = len(p)
    bars = torch.tensor([alpha / (K - j) for j in range(K)], dtype=torch.float64)
    passed = torch.cumprod((values.double() <= bars).int(), 0).bool()
    return torch.zeros(K, dtype=torch.bool).scatter(0, order, passed)
