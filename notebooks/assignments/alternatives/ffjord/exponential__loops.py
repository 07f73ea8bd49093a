# Đúng: liệt kê dấu bằng bit, tăng m dần.
def gaussian_factor(std, m):
    std = ⟦beta⟧ * std
    return float(torch.tensor(std / math.sqrt(m), dtype=torch.float64).square().div(2).exp())


def probes_for_factor(std, limit):
    m = 1
    while gaussian_factor(std, m) > limit:
        m += 1
    return m


def sign_factor(J):
    J = ⟦beta⟧ * J
    J = J.tolist()
    D, total = len(J), 0.0
    for code in range(2**D):
        v = [1 if code >> i & 1 else -1 for i in range(D)]
        total += math.exp(-sum(J[i][j] * v[i] * v[j] for i in range(D) for j in range(D) if i != j))
    return total / 2**D
