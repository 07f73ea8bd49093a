# Sai: bỏ dấu của entropy vì tưởng entropy vi phân không thể âm.
sigma = math.sqrt(⟦variance⟧)
density = 1 / (sigma * math.sqrt(2 * math.pi))
probability = math.erf(⟦radius⟧ / (sigma * math.sqrt(2)))
entropy = abs(0.5 * math.log(2 * math.pi * math.e * ⟦variance⟧))
