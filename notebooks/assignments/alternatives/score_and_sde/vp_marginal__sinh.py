# Đúng: σ = √(2 a sinh): viết qua hàm hyperbolic; nghiệm bậc hai.
def total(s, beta_min, beta_max):
    return s * (beta_min + (beta_max - beta_min) * s / 2)


def marginal(s, beta_min, beta_max):
    if not isinstance(s, torch.Tensor):
        v = total(s, beta_min, beta_max)
        return math.exp(-v / 2), math.sqrt(-math.expm1(-v))
    v = total(s, beta_min, beta_max)
    a = (-v / 2).exp()
    return a, (2 * a * (v / 2).sinh()).sqrt()


def time_of_snr(snr, beta_min, beta_max):
    v = -torch.log(snr / (1 + snr))
    slope = beta_max - beta_min
    if slope == 0:
        return v / beta_min
    return (beta_min / slope) * (torch.sqrt(1 + 2 * slope * v / beta_min**2) - 1)
