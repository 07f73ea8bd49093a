# Sai: bỏ hằng số log √(2π) và log s, tức chỉ là sai số bình phương có trọng số.
nll_one, nll_tenth, nll_third = (⟦error⟧ / (2 * s * s) for s in (1, 0.1, 0.3))
best_s = math.sqrt(⟦error⟧ / ⟦pixels⟧)
