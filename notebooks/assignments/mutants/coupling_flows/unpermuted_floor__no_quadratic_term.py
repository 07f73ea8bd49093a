# Sai: quên số hạng bậc hai.
cost = 0.5 * math.log(2 * math.pi)
entropy = 0.5 * math.log(2 * ⟦variance⟧ * math.pi * math.e)
