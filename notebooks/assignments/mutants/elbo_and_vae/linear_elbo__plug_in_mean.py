# Sai: thay z bằng trung bình m trong số hạng tái tạo, quên a²v.
def linear_elbo(x, a, s2, m, v):
    x = x - ⟦offset⟧
    t = a * a + s2
    log_p = -0.5 * math.log(2 * math.pi * t) - x * x / (2 * t)
    recon = -0.5 * math.log(2 * math.pi * s2) - (x - a * m) ** 2 / (2 * s2)
    elbo = recon - 0.5 * (m * m + v - 1 - math.log(v))
    pv, pm = s2 / t, a * x / t
    return log_p, elbo, 0.5 * (v / pv - 1 - math.log(v / pv) + (m - pm) ** 2 / pv)
