# Sai: dùng độ lệch chuẩn thay cho phương sai.
cost = 0.5 * math.log(2 * math.pi) + 0.5 * (math.sqrt(⟦variance⟧) + ⟦mean⟧**2)
entropy = 0.5 * math.log(2 * math.sqrt(⟦variance⟧) * math.pi * math.e)
