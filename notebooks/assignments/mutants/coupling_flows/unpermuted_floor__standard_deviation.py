# Sai: dùng độ lệch chuẩn thay cho phương sai.
cost = 0.5 * math.log(2 * math.pi) + 1.5
entropy = 0.5 * math.log(6 * math.pi * math.e)
