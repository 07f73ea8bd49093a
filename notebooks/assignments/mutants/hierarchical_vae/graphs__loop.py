# Sai: gộp hai chiều vào một đồ thị có chu trình.
nodes = ["x", "z1", "z2", "z3", "z4"]
bottom_up = {(a, b) for a, b in zip(nodes, nodes[1:])}
generative = {(b, a) for a, b in bottom_up} | {("x", "z1")}
skip = {(nodes[i], nodes[j]) for i in range(5) for j in range(i)}
