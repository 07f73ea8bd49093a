# Sai: đường tắt quên x, chỉ nối các tầng với nhau.
nodes = ["x", "z1", "z2", "z3", "z4"]
generative = {(b, a) for a, b in zip(nodes, nodes[1:])}
bottom_up = {(a, b) for a, b in zip(nodes, nodes[1:])}
skip = {(nodes[i], nodes[j]) for i in range(5) for j in range(1, i)} | {("z1", "x")}
