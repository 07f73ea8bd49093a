# Đúng: luật lùi bằng cách lấy trung bình hậu nghiệm theo x_0.
def posterior(x0, xk, k, beta):
    now = torch.prod(1 - beta[:k])
    then = torch.prod(1 - beta[: k - 1])
    step = now / then
    mean = (then.sqrt() * (1 - step) * x0 + step.sqrt() * (1 - then) * xk) / (1 - now)
    return [mean, ⟦rho⟧ * float((1 - then) * (1 - step) / (1 - now))]


def reverse_law(xk, k, beta, m, c):
    now = torch.prod(1 - beta[:k])
    then = torch.prod(1 - beta[: k - 1])
    power = now * c**2 + ⟦rho⟧ * (1 - now)
    clean = m + now.sqrt() * c**2 / power * (xk - now.sqrt() * m)  # E[x_0 | x_k]
    unsure = ⟦rho⟧ * c**2 * (1 - now) / power  # Var(x_0 | x_k)
    mean, variance = posterior(clean[:, None], xk[:, None], k, beta)
    slope = then.sqrt() * beta[k - 1] / (1 - now)
    return mean[:, 0], variance + slope**2 * unsure
