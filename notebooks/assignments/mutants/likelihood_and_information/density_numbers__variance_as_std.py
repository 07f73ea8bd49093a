# Sai: coi phương sai là độ lệch chuẩn.
sigma = ⟦variance⟧
density = 1 / (sigma * math.sqrt(2 * math.pi))
probability = math.erf(⟦radius⟧ / (sigma * math.sqrt(2)))
entropy = 0.5 * math.log(2 * math.pi * math.e * sigma**2)
