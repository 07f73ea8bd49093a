# Đúng: danh sách các list, không phải tập các tuple.
generative = [["z4", "z3"], ["z3", "z2"], ["z2", "z1"], ["z1", "x"]]
bottom_up = [[b, a] for a, b in generative]
skip = generative + [["z4", "z2"], ["z4", "z1"], ["z4", "x"], ["z3", "z1"], ["z3", "x"], ["z2", "x"]]
