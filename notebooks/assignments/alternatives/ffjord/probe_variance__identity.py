# Đúng: 2‖S‖² = ‖A‖² + tr(A²); phép chia lấy trần.
def probe_variances(A):
    gaussian = (A * A).sum() + torch.trace(A @ A)
    return gaussian, gaussian - 2 * (torch.diag(A) ** 2).sum()


def probes_needed(A, kind, target):
    target = target / ⟦z⟧
    variance = float(probe_variances(A.double())[kind == "rademacher"])
    return max(1, -int(-variance // target**2))
