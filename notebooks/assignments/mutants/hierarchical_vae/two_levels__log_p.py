# Sai: trả log p(x) làm ELBO, khe hở bằng 0.
x, u = ⟦point⟧, ⟦step_variance⟧
m1, v1 = ⟦q1_slope⟧ * x, ⟦q1_variance⟧
m2, v2 = ⟦q2_slope⟧ * m1, ⟦q2_variance⟧ + ⟦q2_slope⟧ ** 2 * v1
cov = ⟦q2_slope⟧ * v1
elbo = -0.5 * (math.log(2 * math.pi * (u + 2)) + x**2 / (u + 2))
gap = 0.0
