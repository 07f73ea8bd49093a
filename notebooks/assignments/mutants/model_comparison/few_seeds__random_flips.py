# Sai: gieo ngẫu nhiên thay vì liệt kê.
def sign_flip_p(differences):
    """Giá trị p chính xác, hai phía, của phép đổi dấu."""
    d = differences.double() - ⟦margin⟧
    signs = torch.randint(0, 2, (2000, len(d))).double() * 2 - 1
    return float(((signs @ d).abs() >= d.sum().abs() - 1e-9).double().mean())


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
