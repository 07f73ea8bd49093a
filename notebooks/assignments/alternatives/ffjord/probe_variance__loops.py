# Đúng: vòng lặp theo cặp tọa độ, moment bậc bốn.
def variance_with(A, kappa):
    A, total = A.tolist(), 0.0
    for i in range(len(A)):
        total += (kappa - 1) * A[i][i] ** 2
        for j in range(i):
            total += (A[i][j] + A[j][i]) ** 2
    return total


def probe_variances(A):
    return [variance_with(A, 3), variance_with(A, 1)]


def probes_needed(A, kind, target):
    target = target / ⟦z⟧
    variance = variance_with(A, {"gaussian": 3, "rademacher": 1}[kind])
    m = int(variance / target**2)
    while m < 1 or variance > m * target**2:
        m += 1
    return m
