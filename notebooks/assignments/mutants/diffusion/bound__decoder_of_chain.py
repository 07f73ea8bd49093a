# Sai: bộ giải mã có phương sai β_1.
def bound_terms(beta, c, variance):
    """Các số hạng của −ELBO: tái tạo, khử nhiễu k = 2, …, T, đỉnh."""
    alpha_bar = torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])
    noise, D = 1 - alpha_bar, len(c)

    def mmse(k):  # E‖x_0 − E[x_0 | x_k]‖²
        return (c**2 * noise[k] / (alpha_bar[k] * c**2 + noise[k])).sum()

    b = beta[0]
    terms = [0.5 * D * torch.log(2 * math.pi * b) + mmse(1) / (2 * b)]
    for k in range(2, len(beta) + 1):
        b = beta[k - 1]
        tilde = noise[k - 1] / noise[k] * b
        s2 = b if variance == "beta" else tilde
        miss = alpha_bar[k - 1] * b**2 / noise[k] ** 2 * mmse(k)
        ratio = tilde / s2
        terms.append(miss / (2 * s2) + 0.5 * D * (ratio - 1 - torch.log(ratio)))
    left = alpha_bar[-1]
    terms.append(0.5 * (left * c**2 - left - torch.log(1 - left)).sum())
    return torch.stack(terms)


def gap(beta, c, variance):
    """Trung bình của log p_data − ELBO."""
    entropy = 0.5 * torch.log(2 * math.pi * math.e * c**2).sum()
    return bound_terms(beta, c, variance).sum() - entropy


def continuum(c, snr0, snr1):
    """Tổng các số hạng khử nhiễu khi số bước ra vô cùng."""
    return 0.5 * torch.log((1 + snr1 * c**2) / (1 + snr0 * c**2)).sum()
