# Sai: chỉ nhìn dấu, quên độ lớn.
def sign_flip_p(differences):
    """Giá trị p chính xác, hai phía, của phép đổi dấu."""
    sums = torch.zeros(1, dtype=torch.float64)
    for value in (differences.double() - ⟦margin⟧).sign():
        sums = torch.cat([sums + value, sums - value])
    return float((sums.abs() >= sums[0].abs() - 1e-9).double().mean())


def smallest_p(S):
    """Giá trị p nhỏ nhất có thể với S hạt giống."""
    return 2.0 ** (1 - S)


def holm(p, alpha):
    """Mặt nạ (K,): giả thiết nào bị bác bỏ."""
    rejected = torch.zeros(len(p), dtype=torch.bool)
    for j, k in enumerate(p.argsort().tolist()):
        if p[k] > alpha / (len(p) - j):
            break
        rejected[k] = True
    return rejected
