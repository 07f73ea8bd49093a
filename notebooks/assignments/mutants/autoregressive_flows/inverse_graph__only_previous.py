# Sai: h_i chỉ nhận mũi tên từ tọa độ gần nhất được đọc.
def inverse_graph(D, form):
    source = {"IAF": "z", "MAF": "x"}[form]
    edges = [(f"{source}{i - ⟦near⟧}", f"h{i}") for i in range(⟦near⟧ + 1, D + 1)]
    return edges + [(f"{kind}{i}", f"z{i}") for i in range(1, D + 1) for kind in "xh"]


def longest_path(D, form):
    return 2 * ((D - 1) // ⟦near⟧) + 1 if form == "IAF" else 1 + (D > ⟦near⟧)
