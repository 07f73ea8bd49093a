# Sai: h_i đọc mọi tọa độ đứng trước nó, như trong bài tập về nhà.
def inverse_graph(D, form):
    source = {"IAF": "z", "MAF": "x"}[form]
    edges = [(f"{source}{j}", f"h{i}") for i in range(1, D + 1) for j in range(1, i)]
    return edges + [(f"{kind}{i}", f"z{i}") for i in range(1, D + 1) for kind in "xh"]


def longest_path(D, form):
    return 2 * ((D - 1) // ⟦near⟧) + 1 if form == "IAF" else 1 + (D > ⟦near⟧)
