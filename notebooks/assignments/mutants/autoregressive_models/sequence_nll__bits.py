# Sai: trả về bit.
def sequence_nll(x, tables):
    total = 0.0
    for i, table in enumerate(tables):
        total = total - table[tuple(x[:, j] for j in range(i + 1))].log2()
    return total
