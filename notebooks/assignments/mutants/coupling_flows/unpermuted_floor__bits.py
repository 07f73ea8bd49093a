# Sai: entropy tính bằng bit.
cost = 0.5 * math.log(2 * math.pi) + 4.5
entropy = 0.5 * math.log2(18 * math.pi * math.e)
