# Sai: đường tắt quên x, chỉ nối các tầng với nhau.
nodes = ["x"] + [f"z{level}" for level in range(1, ⟦levels + 1⟧)]
generative = {(b, a) for a, b in zip(nodes, nodes[1:])}
bottom_up = {(a, b) for a, b in zip(nodes, nodes[1:])}
levels = nodes[1:]
skip = {(b, a) for i, a in enumerate(levels) for s in ⟦skips⟧ for b in levels[i + s : i + s + 1]}
skip |= {("z1", "x")}
