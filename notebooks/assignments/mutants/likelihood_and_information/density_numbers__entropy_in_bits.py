# Sai: entropy tính theo bit.
sigma = math.sqrt(⟦variance⟧)
density = 1 / (sigma * math.sqrt(2 * math.pi))
probability = math.erf(⟦radius⟧ / (sigma * math.sqrt(2)))
entropy = 0.5 * math.log2(2 * math.pi * math.e * ⟦variance⟧)
