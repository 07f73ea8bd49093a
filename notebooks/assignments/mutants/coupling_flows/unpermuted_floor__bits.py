# Sai: entropy tính bằng bit.
cost = 0.5 * math.log(2 * math.pi) + 0.5 * (⟦variance⟧ + ⟦mean⟧**2)
entropy = 0.5 * math.log2(2 * ⟦variance⟧ * math.pi * math.e)
