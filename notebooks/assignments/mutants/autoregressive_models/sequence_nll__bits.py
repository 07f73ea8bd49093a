# Sai: trả về bit.
def sequence_nll(x, tables):
    total = 0.0
    for i, table in enumerate(tables):
        total = total - (table.log() / ⟦temperature⟧).log_softmax(-1)[tuple(x[:, j] for j in range(i + 1))] / math.log(2)
    return total
