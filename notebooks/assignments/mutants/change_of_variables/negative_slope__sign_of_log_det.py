# Sai: cộng log|a| thay vì trừ.
log_p = -0.5 * math.log(2 * math.pi) - 0.5 * ((⟦point⟧ - ⟦shift⟧) / ⟦slope⟧) ** 2 + math.log(⟦slope|abs⟧)
