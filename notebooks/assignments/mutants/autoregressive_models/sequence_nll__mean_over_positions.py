# Sai: lấy trung bình trên các vị trí thay vì tổng.
def sequence_nll(x, tables):
    total = 0.0
    for i, table in enumerate(tables):
        total = total - (table.log() / ⟦temperature⟧).log_softmax(-1)[tuple(x[:, j] for j in range(i + 1))]
    return total / len(tables)
