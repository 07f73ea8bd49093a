# Sai: cộng hai nhánh nhưng quên Jacobian.
p_x = 2 * math.exp(-1.125) / math.sqrt(2 * math.pi)
