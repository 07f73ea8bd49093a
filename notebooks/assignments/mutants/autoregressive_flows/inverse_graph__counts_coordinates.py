# Sai: đếm số tọa độ thay vì số mũi tên.
def inverse_graph(D, form):
    source = {"IAF": "z", "MAF": "x"}[form]
    edges = [(f"{source}{j}", f"h{i}") for i in range(1, D + 1) for j in (i - s for s in ⟦hops⟧) if j >= 1]
    return edges + [(f"{kind}{i}", f"z{i}") for i in range(1, D + 1) for kind in "xh"]


def longest_path(D, form):
    return (D - 1) // ⟦near⟧ + 1 if form == "IAF" else 1
