# Đúng: tách theo chiều mã hóa, rồi chép ra chín chữ số có nghĩa.
x, u = ⟦point⟧, ⟦step_variance⟧
m1, v1 = ⟦q1_slope⟧ * x, ⟦q1_variance⟧
m2, v2 = ⟦q2_slope⟧ * m1, ⟦q2_variance⟧ + ⟦q2_slope⟧ ** 2 * v1
cov = ⟦q2_slope⟧ * v1
recon = -0.5 * (math.log(2 * math.pi) + (x - m1) ** 2 + v1)
top = 0.5 * (⟦q2_variance⟧ + ⟦q2_slope⟧ ** 2 * (v1 + m1**2) - 1 - math.log(⟦q2_variance⟧))
square = (m1 - m2) ** 2 + v1 + v2 - 2 * cov
middle = 0.5 * (math.log(u / v1) - 1 + square / u)
elbo = float(f"{recon - top - middle:.9g}")
gap = float(f"{-0.5 * math.log(2 * math.pi * (u + 2)) - x * x / (2 * u + 4) - elbo:.9g}")
