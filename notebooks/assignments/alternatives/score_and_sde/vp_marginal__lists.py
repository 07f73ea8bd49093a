# Đúng: vòng lặp bằng số thường; thời gian bằng chia đôi.
def integral(s, low, high):
    return (low + low + s * (high - low)) / 2 * s  # hình thang


def marginal(s, beta_min, beta_max):
    if isinstance(s, torch.Tensor):
        pairs = [marginal(float(v), beta_min, beta_max) for v in s]
        return [p[0] for p in pairs], [p[1] for p in pairs]
    v = integral(s, beta_min, beta_max)
    kappa = ⟦kappa⟧
    return math.exp(-kappa * v), math.sqrt(-math.expm1(-2 * kappa * v) / kappa / 2)


def time_of_snr(snr, beta_min, beta_max):
    found = []
    for ratio in snr.tolist():
        wanted = math.log1p(2 * ⟦kappa⟧ / ratio) / 2 / ⟦kappa⟧
        low, high = 0.0, wanted / beta_min
        for _ in range(100):
            middle = (low + high) / 2
            if integral(middle, beta_min, beta_max) < wanted:
                low = middle
            else:
                high = middle
        found.append(high)
    return torch.tensor(found)
