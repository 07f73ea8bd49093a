# Sai: best_s là phương sai tốt nhất chứ không phải độ lệch chuẩn.
nll_one, nll_tenth, nll_third = (
    ⟦pixels⟧ * math.log(s * math.sqrt(2 * math.pi)) + ⟦error⟧ / (2 * s**2) for s in (1, 0.1, 0.3)
)
best_s = ⟦error⟧ / ⟦pixels⟧
