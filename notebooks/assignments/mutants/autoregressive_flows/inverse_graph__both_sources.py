# Sai: vẽ mũi tên vào h_i từ cả x lẫn z để chắc chắn trúng.
def inverse_graph(D, form):
    edges = []
    for i in range(1, D + 1):
        edges += [(f"{kind}{j}", f"h{i}") for j in (i - s for s in ⟦hops⟧) if j >= 1 for kind in "xz"]
    return edges + [(f"{kind}{i}", f"z{i}") for i in range(1, D + 1) for kind in "xh"]


def longest_path(D, form):
    return 2 * ((D - 1) // ⟦near⟧) + 1 if form == "IAF" else 1 + (D > ⟦near⟧)
