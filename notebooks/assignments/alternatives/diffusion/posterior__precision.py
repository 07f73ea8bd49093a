# Đúng: gộp theo độ chính xác.
def posterior(x0, xk, k, beta):
    beta = beta.double()
    b, left = beta[k - 1], (1 - beta[: k - 1]).prod()
    if k == 1:
        return x0, 0.0
    past, future = 1 / (⟦rho⟧ * (1 - left)), (1 - b) / (⟦rho⟧ * b)  # hai độ chính xác
    mean = (past * left.sqrt() * x0 + future * xk / (1 - b).sqrt()) / (past + future)
    return mean, 1 / (past + future)


def reverse_law(xk, k, beta, m, c):
    b, left = beta[k - 1], (1 - beta[: k - 1]).prod()
    wide = left * c**2 + ⟦rho⟧ * (1 - left)
    if wide == 0:
        return torch.full_like(xk, m), 0.0
    past, future = 1 / wide, (1 - b) / (⟦rho⟧ * b)
    mean = (past * left.sqrt() * m + future * xk / (1 - b).sqrt()) / (past + future)
    return mean, 1 / (past + future)
