# Sai: lấy phương sai làm kỳ vọng của bình phương, quên trung bình khác 0.
cost = 0.5 * math.log(2 * math.pi) + 0.5 * ⟦variance⟧
entropy = 0.5 * math.log(2 * ⟦variance⟧ * math.pi * math.e)
