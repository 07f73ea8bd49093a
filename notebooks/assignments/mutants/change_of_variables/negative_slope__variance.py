# Sai: coi hệ số góc là phương sai.
variance = ⟦slope|abs⟧
log_p = -0.5 * math.log(2 * math.pi * variance) - 0.5 * (⟦point⟧ - ⟦shift⟧) ** 2 / variance
