# Sai: lấy KL tới tiên nghiệm làm khe hở.
def linear_elbo(x, a, s2, m, v):
    x = x - ⟦offset⟧
    t = a * a + s2
    log_p = -0.5 * math.log(2 * math.pi * t) - x * x / (2 * t)
    recon = -0.5 * math.log(2 * math.pi * s2) - ((x - a * m) ** 2 + a * a * v) / (2 * s2)
    kl = 0.5 * (m * m + v - 1 - math.log(v))
    return log_p, recon - kl, kl
