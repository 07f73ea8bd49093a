# Sai: trong bản Markov, mọi tầng đều đọc thẳng x.
nodes = ["x", "z1", "z2", "z3", "z4"]
generative = {(b, a) for a, b in zip(nodes, nodes[1:])}
bottom_up = {(a, b) for a, b in zip(nodes, nodes[1:])} | {("x", z) for z in nodes[1:]}
skip = {(nodes[i], nodes[j]) for i in range(5) for j in range(i)}
