# Đúng: tính tay, làm tròn hai chữ số thập phân.
nll_one, nll_tenth, nll_third = 724.37, -692.78, -179.92
best_s = 0.1
