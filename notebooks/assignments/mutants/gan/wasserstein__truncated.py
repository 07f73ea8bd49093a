# Sai: đã sắp xếp nhưng vẫn bỏ các điểm thừa.
def wasserstein_1d(x, y):
    n = min(len(x), len(y))
    return ((x.sort().values[:n] - y.sort().values[:n]).abs() ** ⟦order⟧).mean() ** (1 / ⟦order⟧)
