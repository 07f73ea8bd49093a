# Sai: khe hở tính bằng KL ngược chiều, KL(p(z|x)‖q).
def linear_elbo(x, a, s2, m, v):
    x = x - ⟦offset⟧
    t = a * a + s2
    log_p = -0.5 * math.log(2 * math.pi * t) - x * x / (2 * t)
    recon = -0.5 * math.log(2 * math.pi * s2) - ((x - a * m) ** 2 + a * a * v) / (2 * s2)
    elbo = recon - 0.5 * (m * m + v - 1 - math.log(v))
    pv, pm = s2 / t, a * x / t
    return log_p, elbo, 0.5 * (pv / v - 1 - math.log(pv / v) + (m - pm) ** 2 / v)
