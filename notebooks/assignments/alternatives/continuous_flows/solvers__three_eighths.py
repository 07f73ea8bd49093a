# Đúng: quy tắc 3/8, lưới là tensor; bậc bằng hồi quy log2.
def euler(field, x, times):
    times = torch.tensor(times, dtype=torch.float64)
    for k, h in enumerate(times.diff()):
        x = torch.add(x, field(times[k], x), alpha=float(h))
    return x


def rk4(field, x, times):
    for i in range(len(times) - 1):
        a, h = times[i], times[i + 1] - times[i]
        k1 = h * field(a, x)
        k2 = h * field(a + h / 3, x + k1 / 3)
        k3 = h * field(a + 2 * h / 3, x + k2 - k1 / 3)
        k4 = h * field(a + h, x + k1 - k2 + k3)
        x = x + (k1 + 3 * k2 + 3 * k3 + k4) / 8
    return x


def convergence(K1, e1, K2, e2, target):
    e1, e2, target = (e - ⟦floor⟧e-6 for e in (e1, e2, target))
    p = (math.log2(e1) - math.log2(e2)) / (math.log2(K2) - math.log2(K1))
    K = 1
    while e2 * (K2 / K) ** p > target:
        K += 1
    return torch.tensor([p, K], dtype=torch.float64)
