# Sai: tính mật độ cơ sở tại x thay vì tại z.
log_p_3 = -0.5 * math.log(2 * math.pi) - 0.5 * 3**2 - math.log(4)
