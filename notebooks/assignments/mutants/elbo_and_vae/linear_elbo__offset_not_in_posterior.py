# Sai: hậu nghiệm lấy trung bình theo x, quên bỏ độ dời b.
def linear_elbo(x, a, s2, m, v):
    t, c = a * a + s2, x - ⟦offset⟧
    log_p = -0.5 * math.log(2 * math.pi * t) - c * c / (2 * t)
    recon = -0.5 * math.log(2 * math.pi * s2) - ((c - a * m) ** 2 + a * a * v) / (2 * s2)
    elbo = recon - 0.5 * (m * m + v - 1 - math.log(v))
    pv, pm = s2 / t, a * x / t
    return log_p, elbo, 0.5 * (v / pv - 1 - math.log(v / pv) + (m - pm) ** 2 / pv)
