# Sai: mỗi tầng đọc mọi tầng ở trên, không chỉ những tầng được nối.
nodes = ["x"] + [f"z{level}" for level in range(1, ⟦levels + 1⟧)]
generative = {(b, a) for a, b in zip(nodes, nodes[1:])}
bottom_up = {(a, b) for a, b in zip(nodes, nodes[1:])}
skip = {(b, a) for i, a in enumerate(nodes) for b in nodes[i + 1 :]}
