# Sai: xác suất lấy gần đúng bằng mật độ nhân bề rộng nửa khoảng.
sigma = math.sqrt(⟦variance⟧)
density = 1 / (sigma * math.sqrt(2 * math.pi))
probability = density * ⟦radius⟧
entropy = 0.5 * math.log(2 * math.pi * math.e * ⟦variance⟧)
