# Sai: chỉ tính một nhánh.
p_x = math.exp(-1.125) / math.sqrt(2 * math.pi) / 3
