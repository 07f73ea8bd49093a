# Sai: nhân hết rồi mới lấy log, tích bị tràn xuống 0.
def sequence_nll(x, tables):
    total = 1.0
    for i, table in enumerate(tables):
        table = (table.log() / ⟦temperature⟧).log_softmax(-1).exp()
        total = total * table[tuple(x[:, j] for j in range(i + 1))]
    return -total.log()
