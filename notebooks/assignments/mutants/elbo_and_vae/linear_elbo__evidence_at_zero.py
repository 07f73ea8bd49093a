# Sai: phương sai của x quên phần a² do z góp vào.
def linear_elbo(x, a, s2, m, v):
    x = x - ⟦offset⟧
    log_p = -0.5 * math.log(2 * math.pi * s2) - x * x / (2 * s2)
    recon = -0.5 * math.log(2 * math.pi * s2) - ((x - a * m) ** 2 + a * a * v) / (2 * s2)
    elbo = recon - 0.5 * (m * m + v - 1 - math.log(v))
    return log_p, elbo, log_p - elbo
