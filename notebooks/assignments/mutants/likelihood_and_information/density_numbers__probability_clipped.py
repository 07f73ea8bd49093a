# Sai: không tin mật độ lớn hơn 1 nên chặn lại.
sigma = math.sqrt(⟦variance⟧)
density = min(1.0, 1 / (sigma * math.sqrt(2 * math.pi)))
probability = math.erf(⟦radius⟧ / (sigma * math.sqrt(2)))
entropy = 0.5 * math.log(2 * math.pi * math.e * ⟦variance⟧)
