# Sai: quên trừ trung bình của x_k.
def posterior(x0, xk, k, beta):
    """(trung bình, phương sai) của q(x_{k−1} | x_k, x_0)."""
    alpha_bar = torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])
    noise, before, b = 1 - alpha_bar[k], 1 - alpha_bar[k - 1], beta[k - 1]
    of_x0 = alpha_bar[k - 1].sqrt() * b / noise
    of_xk = (1 - b).sqrt() * before / noise
    return of_x0 * x0 + of_xk * xk, ⟦rho⟧ * before / noise * b


def reverse_law(xk, k, beta, m, c):
    """(trung bình, phương sai) của q(x_{k−1} | x_k), dữ liệu N(m, c²)."""
    alpha_bar = torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])
    total = alpha_bar * c**2 + ⟦rho⟧ * (1 - alpha_bar)  # phương sai của x_0, …, x_T
    center = alpha_bar.sqrt() * m
    ratio, b = total[k - 1] / total[k], beta[k - 1]
    return center[k - 1] + (1 - b).sqrt() * ratio * xk, ⟦rho⟧ * b * ratio
