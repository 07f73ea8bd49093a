# Đúng: danh sách các danh sách hai phần tử, có cạnh lặp lại.
def inverse_graph(D, form):
    edges = []
    for i in range(D):
        for j in range(i):
            if i - j not in ⟦hops⟧:
                continue
            edges.append([("zx"[form == "MAF"]) + str(j + 1), "h" + str(i + 1)])
        edges.append(["h" + str(i + 1), "z" + str(i + 1)])
        edges.append(["x" + str(i + 1), "z" + str(i + 1)])
    return edges + edges[-1:]


def longest_path(D, form):
    depth = [1.0] * min(D, ⟦near⟧)
    while len(depth) < D:
        depth.append(depth[-⟦near⟧] + 2 if form == "IAF" else 2.0)
    return depth[-1]
