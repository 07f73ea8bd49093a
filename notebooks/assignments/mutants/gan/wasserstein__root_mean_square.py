# Sai: tính W₂ (căn của trung bình bình phương).
def wasserstein_1d(x, y):
    a = x.repeat_interleave(len(y)).sort().values
    b = y.repeat_interleave(len(x)).sort().values
    return (a - b).square().mean().sqrt()
