# Sai: coi z1 và z2 độc lập dưới q.
m1, v1, m2, v2 = 1.0, 0.5, 0.25, 0.53125
recon = -0.5 * (math.log(2 * math.pi) + 1 + v1)
top = 0.5 * (0.5 + (v1 + m1**2) / 16 - 1 - math.log(0.5))
one = 0.5 * (math.log(2 / v1) + (v1 + v2 + (m1 - m2) ** 2) / 2 - 1)
elbo = recon - top - one
gap = -0.5 * (math.log(8 * math.pi) + 1) - elbo
