# Sai: kiểu MAF cũng phải đi nối tiếp.
def inverse_graph(D, form):
    source = {"IAF": "z", "MAF": "x"}[form]
    edges = [(f"{source}{j}", f"h{i}") for i in range(1, D + 1) for j in (i - s for s in ⟦hops⟧) if j >= 1]
    return edges + [(f"{kind}{i}", f"z{i}") for i in range(1, D + 1) for kind in "xh"]


def longest_path(D, form):
    return 2 * ((D - 1) // ⟦near⟧) + 1
