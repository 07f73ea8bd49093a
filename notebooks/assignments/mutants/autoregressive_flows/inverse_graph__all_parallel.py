# Sai: mọi z_i được vẽ song song, không có mũi tên nào vào h_i.
def inverse_graph(D, form):
    return [(f"{kind}{i}", f"z{i}") for i in range(1, D + 1) for kind in "xh"]


def longest_path(D, form):
    return 2 * ((D - 1) // ⟦near⟧) + 1 if form == "IAF" else 1 + (D > ⟦near⟧)
