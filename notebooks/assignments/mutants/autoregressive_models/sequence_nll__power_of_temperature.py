# Sai: nâng lên lũy thừa T thay vì 1/T.
def sequence_nll(x, tables):
    total = 0.0
    for i, table in enumerate(tables):
        logs = (table.log() * ⟦temperature⟧).log_softmax(-1)
        total = total - logs[tuple(x[:, j] for j in range(i + 1))]
    return total
