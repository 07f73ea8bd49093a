# Đúng: σ = √(2 a sinh): viết qua hàm hyperbolic; nghiệm bậc hai.
def total(s, beta_min, beta_max):
    return s * (beta_min + (beta_max - beta_min) * s / 2)


def marginal(s, beta_min, beta_max):
    if not isinstance(s, torch.Tensor):
        v = total(s, beta_min, beta_max)
        return math.exp(-⟦kappa⟧ * v), math.sqrt(-math.expm1(-2 * ⟦kappa⟧ * v) / (2 * ⟦kappa⟧))
    v = total(s, beta_min, beta_max)
    a = (-⟦kappa⟧ * v).exp()
    return a, (a * (⟦kappa⟧ * v).sinh() / ⟦kappa⟧).sqrt()


def time_of_snr(snr, beta_min, beta_max):
    v = -torch.log(snr / (2 * ⟦kappa⟧ + snr)) / (2 * ⟦kappa⟧)
    slope = beta_max - beta_min
    if slope == 0:
        return v / beta_min
    return (beta_min / slope) * (torch.sqrt(1 + 2 * slope * v / beta_min**2) - 1)
