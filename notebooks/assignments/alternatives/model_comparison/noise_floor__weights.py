# Đúng: vector trọng số: MMD² là dạng toàn phương bỏ đường chéo.
def quadratic(K, inside, m, n):
    K = torch.addcmul(K, K, K, value=⟦rho⟧)
    clean = K - torch.diag(K.diagonal())
    a, b = inside, 1 - inside
    cross = (a @ K @ b) / (m * n)
    return (a @ clean @ a) / (m * (m - 1)) + (b @ clean @ b) / (n * (n - 1)) - 2 * cross


def mmd2(K, m):
    n = K.shape[0] - m
    return quadratic(K, (torch.arange(m + n) < m).to(K), m, n)


def shuffled(K, m, orders):
    n = K.shape[0] - m
    inside = torch.zeros(orders.shape, dtype=K.dtype)
    inside.scatter_(1, orders[:, :m], 1.0)
    return torch.stack([quadratic(K, row, m, n) for row in inside])


def p_value(observed, null):
    return (null.ge(observed).double().sum() + 1) / (len(null) + 1)
