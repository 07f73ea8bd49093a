# Sai: dùng sai số trung bình trên điểm ảnh trong khi hằng số vẫn tính cho cả ảnh.
nll_one, nll_tenth, nll_third = (
    ⟦pixels⟧ * math.log(s * math.sqrt(2 * math.pi)) + ⟦error⟧ / ⟦pixels⟧ / (2 * s**2) for s in (1, 0.1, 0.3)
)
best_s = math.sqrt(⟦error⟧ / ⟦pixels⟧)
