# Sai: đạo hàm lấy là 2z thay vì 2(z - m).
root = math.sqrt(⟦square⟧)
p_x = math.exp(-0.5 * (⟦center⟧ + root) ** 2) / math.sqrt(2 * math.pi) / (2 * abs(⟦center⟧ + root))
p_x += math.exp(-0.5 * (⟦center⟧ - root) ** 2) / math.sqrt(2 * math.pi) / (2 * abs(⟦center⟧ - root))
