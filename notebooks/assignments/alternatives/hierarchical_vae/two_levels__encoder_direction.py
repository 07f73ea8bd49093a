# Đúng: tách theo chiều mã hóa, số làm tròn bốn chữ số.
recon = -0.5 * (math.log(2 * math.pi) + 1 + 0.5)
top = 0.5 * (0.5 + 1.5 / 16 - 1 - math.log(0.5))
square = (1 - 0.25) ** 2 + 0.5 + 0.53125 - 2 * 0.125
middle = 0.5 * (math.log(2 / 0.5) - 1 + square / 2)
elbo = round(recon - top - middle, 4)
gap = round(-0.5 * math.log(2 * math.pi * 4) - 0.5 - elbo, 4)
