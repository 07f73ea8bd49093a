# Đúng: tập hợp các cặp; đường dài nhất tính bằng đệ quy.
def inverse_graph(D, form):
    edges = set()
    for i in range(D, 0, -1):
        edges |= {(f"x{i}", f"z{i}"), (f"h{i}", f"z{i}")}
        for j in (i - s for s in ⟦hops⟧ if s < i):
            edges.add((f"z{j}" if form == "IAF" else f"x{j}", f"h{i}"))
    return edges


def longest_path(D, form):
    edges = inverse_graph(D, form)

    def reach(node):
        return max((1 + reach(b) for a, b in edges if a == node), default=0)

    return max(reach(a) for a, _ in edges)
