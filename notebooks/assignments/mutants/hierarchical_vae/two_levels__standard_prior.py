# Sai: so tầng 1 với N(0, 1) thay vì p(z1 | z2).
m1, v1, m2, v2 = 1.0, 0.5, 0.25, 0.53125
recon = -0.5 * (math.log(2 * math.pi) + 1 + v1)
top = 0.5 * (v2 + m2**2 - 1 - math.log(v2))
one = 0.5 * (v1 + m1**2 - 1 - math.log(v1))
elbo = recon - top - one
gap = -0.5 * (math.log(8 * math.pi) + 1) - elbo
