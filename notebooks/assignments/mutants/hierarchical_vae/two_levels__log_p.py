# Sai: trả log p(x) làm ELBO, khe hở bằng 0.
elbo = -0.5 * (math.log(8 * math.pi) + 1)
gap = 0.0
