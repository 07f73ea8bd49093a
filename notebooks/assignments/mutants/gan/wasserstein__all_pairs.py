# Sai: khoảng cách trung bình giữa mọi cặp, tức một cách dời tồi.
def wasserstein_1d(x, y):
    return ((x[:, None] - y[None, :]).abs() ** ⟦order⟧).mean() ** (1 / ⟦order⟧)
