# Sai: coi tầng trên cùng là ảnh mà bộ giải mã cho ra.
nodes = ["x"] + [f"z{level}" for level in range(1, ⟦levels + 1⟧)]
generative = {(a, b) for a, b in zip(nodes, nodes[1:])}
bottom_up = {(a, b) for a, b in zip(nodes, nodes[1:])}
skip = {(b, a) for i, a in enumerate(nodes) for s in ⟦skips⟧ for b in nodes[i + s : i + s + 1]}
