# Sai: bảng chép sẵn cho D tới 4.
TABLE = {
    (D, form): [(f"{'z' if form == 'IAF' else 'x'}{j}", f"h{i}") for i in range(D + 1) for j in (i - s for s in ⟦hops⟧) if j >= 1]
    + [(f"{kind}{i}", f"z{i}") for i in range(1, D + 1) for kind in "xh"]
    for D in (1, 2, 3, 4)
    for form in ("IAF", "MAF")
}


def inverse_graph(D, form):
    return TABLE.get((D, form), TABLE[4, form])


def longest_path(D, form):
    return 2 * ((D - 1) // ⟦near⟧) + 1 if form == "IAF" else 1 + (D > ⟦near⟧)
