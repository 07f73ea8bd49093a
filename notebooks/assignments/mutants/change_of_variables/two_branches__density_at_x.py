# Sai: lấy mật độ chuẩn tại x.
p_x = math.exp(-0.5 * ⟦square⟧**2) / math.sqrt(2 * math.pi)
