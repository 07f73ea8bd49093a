# Sai: phương sai √∫β, quên trôi co nhiễu lại.
def marginal(s, beta_min, beta_max):
    """(a, σ) của SDE lúc s."""
    s = torch.as_tensor(s, dtype=torch.float64)
    total = s * beta_min + s**2 * (beta_max - beta_min) / 2  # ∫β từ 0 tới s
    return torch.exp(-⟦kappa⟧ * total), torch.sqrt(total)


def time_of_snr(snr, beta_min, beta_max):
    """Lúc s mà a²/σ² bằng snr."""
    total = torch.log1p(2 * ⟦kappa⟧ / snr) / (2 * ⟦kappa⟧)
    spread = beta_max - beta_min
    return 2 * total / (beta_min + torch.sqrt(beta_min**2 + 2 * spread * total))
