# Sai: best_s là phương sai tốt nhất chứ không phải độ lệch chuẩn.
nll_one, nll_tenth, nll_third = (
    784 * math.log(s * math.sqrt(2 * math.pi)) + 7.84 / (2 * s**2) for s in (1, 0.1, 0.3)
)
best_s = 7.84 / 784
