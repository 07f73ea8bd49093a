# Sai: cộng hai nhánh nhưng quên Jacobian.
root = math.sqrt(⟦square⟧)
p_x = (math.exp(-0.5 * (⟦center⟧ + root) ** 2) + math.exp(-0.5 * (⟦center⟧ - root) ** 2)) / math.sqrt(2 * math.pi)
