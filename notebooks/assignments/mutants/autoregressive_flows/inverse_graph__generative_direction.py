# Sai: chép lại hình của chiều z → x.
def inverse_graph(D, form):
    if D == 1:
        return [("x1", "z1"), ("h1", "z1")]
    source = {"IAF": "z", "MAF": "x"}[form]
    edges = [(f"{source}{j}", f"h{i}") for i in range(1, D + 1) for j in (i - s for s in ⟦hops⟧) if j >= 1]
    return edges + [(f"{kind}{i}", f"x{i}") for i in range(1, D + 1) for kind in "zh"]


def longest_path(D, form):
    return 2 * ((D - 1) // ⟦near⟧) + 1 if form == "IAF" else 1 + (D > ⟦near⟧)
