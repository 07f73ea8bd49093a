# Sai: coi 0.0004 là độ lệch chuẩn.
sigma = 0.0004
density = 1 / (sigma * math.sqrt(2 * math.pi))
probability = math.erf(0.005 / (sigma * math.sqrt(2)))
entropy = 0.5 * math.log(2 * math.pi * math.e * sigma**2)
