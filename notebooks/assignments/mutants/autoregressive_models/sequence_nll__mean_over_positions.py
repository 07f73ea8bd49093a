# Sai: lấy trung bình trên các vị trí thay vì tổng.
def sequence_nll(x, tables):
    total = 0.0
    for i, table in enumerate(tables):
        total = total - table[tuple(x[:, j] for j in range(i + 1))].log()
    return total / len(tables)
