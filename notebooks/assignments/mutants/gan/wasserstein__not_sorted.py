# Sai: chép cho cùng cỡ nhưng quên sắp xếp.
def wasserstein_1d(x, y):
    return ((x.repeat(len(y)) - y.repeat(len(x))).abs() ** ⟦order⟧).mean() ** (1 / ⟦order⟧)
