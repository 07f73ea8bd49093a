# Đúng: vòng lặp trên số Python, công thức tổng cho hiệp phương sai, trả về danh sách.
def ar1_forward(z, w):
    result = []
    for row in z.tolist():
        state, out = 0.0, []
        for value in row:
            state = w * state + value
            out.append(state)
        result.append(out)
    return result


def ar1_inverse(x, w):
    return [[b - w * a for a, b in zip([0.0] + row, row)] for row in x.tolist()]


def ar1_log_prob(x, w):
    half = math.log(2 * math.pi * ⟦noise⟧) / 2
    return [-sum(z * z / 2 / ⟦noise⟧ + half for z in row) for row in ar1_inverse(x, w)]


def ar1_covariance(D, w):
    return [
        [⟦noise⟧ * sum(w ** (i - k) * w ** (j - k) for k in range(min(i, j) + 1)) for j in range(D)]
        for i in range(D)
    ]
