# Sai: tính mật độ cơ sở tại x thay vì tại z.
log_p = -0.5 * math.log(2 * math.pi) - 0.5 * ⟦point⟧**2 - math.log(⟦slope|abs⟧)
