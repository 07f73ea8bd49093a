# Sai: lấy entropy làm chi phí.
cost = entropy = 0.5 * math.log(18 * math.pi * math.e)
