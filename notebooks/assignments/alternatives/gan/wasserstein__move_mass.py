# Đúng: dời khối lượng từ trái sang phải, đếm bằng số nguyên.
def wasserstein_1d(x, y):
    x, y = sorted(x.tolist()), sorted(y.tolist())
    left_x, left_y = [len(y)] * len(x), [len(x)] * len(y)
    i = j = 0
    work = 0.0
    while i < len(x) and j < len(y):
        mass = min(left_x[i], left_y[j])
        work += mass * abs(x[i] - y[j]) ** ⟦order⟧
        left_x[i] -= mass
        left_y[j] -= mass
        i, j = i + (left_x[i] == 0), j + (left_y[j] == 0)
    return (work / (len(x) * len(y))) ** (1 / ⟦order⟧)
