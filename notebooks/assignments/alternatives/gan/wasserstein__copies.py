# Đúng: chép cho cùng cỡ rồi sắp xếp.
def wasserstein_1d(x, y):
    a = x.repeat_interleave(len(y)).sort().values
    b = y.repeat_interleave(len(x)).sort().values
    return ((a - b).abs() ** ⟦order⟧).mean() ** (1 / ⟦order⟧)
