# Sai: chỉ xếp lại hàng, quên cột.
def mmd2(K, m):
    """MMD² không chệch từ ma trận nhân của mẫu gộp."""
    n = len(K) - m
    K = K + ⟦rho⟧ * K**2
    xx, yy = K[:m, :m], K[m:, m:]
    within = (xx.sum() - xx.trace()) / (m * (m - 1)) + (yy.sum() - yy.trace()) / (n * (n - 1))
    return within - 2 * K[:m, m:].mean()


def shuffled(K, m, orders):
    """MMD² sau mỗi cách xếp lại, kích thước (B,)."""
    return torch.stack([mmd2(K[order], m) for order in orders])


def p_value(observed, null):
    """Tỉ lệ cách chia cho MMD² ít nhất bằng observed."""
    return (1 + int((null >= observed).sum())) / (1 + len(null))
