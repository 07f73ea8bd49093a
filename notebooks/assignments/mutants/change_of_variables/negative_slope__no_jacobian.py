# Sai: quên Jacobian.
log_p_3 = -0.5 * math.log(2 * math.pi) - 0.125
