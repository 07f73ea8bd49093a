# Sai: cộng log|a| thay vì trừ.
log_p_3 = -0.5 * math.log(2 * math.pi) - 0.125 + math.log(4)
