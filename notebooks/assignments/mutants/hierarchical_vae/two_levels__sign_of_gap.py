# Sai: khe hở lấy ngược dấu.
m1, v1, m2, v2, cov = 1.0, 0.5, 0.25, 0.53125, 0.125
slope = cov / v2
v = v1 - slope * cov
recon = -0.5 * (math.log(2 * math.pi) + 1 + v1)
top = 0.5 * (v2 + m2**2 - 1 - math.log(v2))
one = 0.5 * (math.log(2 / v) + (v + (m1 - m2) ** 2 + (slope - 1) ** 2 * v2) / 2 - 1)
elbo = recon - top - one
gap = elbo + 0.5 * (math.log(8 * math.pi) + 1)
