# Sai: quên hệ số 2.
def probe_variances(A):
    """(phương sai với vector dò Gauss, với Rademacher)."""
    S = (A + A.T) / 2
    gaussian = S.square().sum()
    return gaussian, gaussian - 2 * S.diagonal().square().sum()


def probes_needed(A, kind, target):
    """Số vector dò để z lần sai số chuẩn không quá target."""
    target = target / ⟦z⟧
    S = (A + A.T) / 2
    variance = float(2 * S.square().sum())
    if kind == "rademacher":
        variance -= float(2 * S.diagonal().square().sum())
    return max(1, math.ceil(variance / target**2))
