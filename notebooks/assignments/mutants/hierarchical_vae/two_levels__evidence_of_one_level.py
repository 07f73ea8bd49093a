# Sai: phương sai của x quên nhiễu của bước từ z1 đến x.
x, u = ⟦point⟧, ⟦step_variance⟧
m1, v1 = ⟦q1_slope⟧ * x, ⟦q1_variance⟧
m2, v2 = ⟦q2_slope⟧ * m1, ⟦q2_variance⟧ + ⟦q2_slope⟧ ** 2 * v1
cov = ⟦q2_slope⟧ * v1
slope = cov / v2
v = v1 - slope * cov
recon = -0.5 * (math.log(2 * math.pi) + (x - m1) ** 2 + v1)
top = 0.5 * (v2 + m2**2 - 1 - math.log(v2))
square = (m1 - m2) ** 2 + (slope - 1) ** 2 * v2
one = 0.5 * (math.log(u / v) + (v + square) / u - 1)
elbo = recon - top - one
gap = -0.5 * (math.log(2 * math.pi * (u + 1)) + x**2 / (u + 1)) - elbo
