# Sai: coi z1 và z2 độc lập dưới q.
x, u = ⟦point⟧, ⟦step_variance⟧
m1, v1 = ⟦q1_slope⟧ * x, ⟦q1_variance⟧
m2, v2 = ⟦q2_slope⟧ * m1, ⟦q2_variance⟧ + ⟦q2_slope⟧ ** 2 * v1
cov = ⟦q2_slope⟧ * v1
recon = -0.5 * (math.log(2 * math.pi) + (x - m1) ** 2 + v1)
top = 0.5 * (⟦q2_variance⟧ + ⟦q2_slope⟧ ** 2 * (v1 + m1**2) - 1 - math.log(⟦q2_variance⟧))
one = 0.5 * (math.log(u / v1) + (v1 + v2 + (m1 - m2) ** 2) / u - 1)
elbo = recon - top - one
gap = -0.5 * (math.log(2 * math.pi * (u + 2)) + x**2 / (u + 2)) - elbo
