# Sai: chỉ tính một nhánh.
root = math.sqrt(⟦square⟧)
p_x = math.exp(-0.5 * (⟦center⟧ + root) ** 2) / math.sqrt(2 * math.pi) / (2 * root)
