# Đúng: ELBO bằng kỳ vọng log đồng thời cộng entropy của q.
def linear_elbo(x, a, s2, m, v):
    x -= ⟦offset⟧
    log_2pi = math.log(2 * math.pi)
    joint = -log_2pi - 0.5 * math.log(s2) - 0.5 * (m**2 + v)
    joint -= (x**2 - 2 * a * m * x + a**2 * (m**2 + v)) / (2 * s2)
    elbo = joint + 0.5 * (log_2pi + 1 + math.log(v))
    total = a**2 + s2
    log_p = -0.5 * (log_2pi + math.log(total) + x**2 / total)
    pv = 1 / (1 + a**2 / s2)
    gap = math.log(math.sqrt(pv / v)) + (v + (m - a * x * pv / s2) ** 2) / (2 * pv) - 0.5
    return [log_p, elbo, gap]
