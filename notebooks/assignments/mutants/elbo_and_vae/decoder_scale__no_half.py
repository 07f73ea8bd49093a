# Sai: chia cho s² thay vì 2s².
nll_one, nll_tenth, nll_third = (
    ⟦pixels⟧ * math.log(s * math.sqrt(2 * math.pi)) + ⟦error⟧ / s**2 for s in (1, 0.1, 0.3)
)
best_s = math.sqrt(⟦error⟧ / ⟦pixels⟧)
