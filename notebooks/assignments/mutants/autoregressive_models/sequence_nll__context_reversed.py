# Sai: xếp ngữ cảnh ngược thứ tự.
def sequence_nll(x, tables):
    total = 0.0
    for i, table in enumerate(tables):
        index = (*(x[:, j] for j in reversed(range(i))), x[:, i])
        total = total - (table.log() / ⟦temperature⟧).log_softmax(-1)[index]
    return total
