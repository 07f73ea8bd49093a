# Sai: lấy entropy làm chi phí.
cost = entropy = 0.5 * math.log(2 * ⟦variance⟧ * math.pi * math.e)
